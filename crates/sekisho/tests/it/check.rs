//! `sekisho check` and `sekisho explain`.

use std::path::Path;

use assert_cmd::Command;

const BAD: &str = "\
FROM debian
ENV DB_PASSWORD=hunter2
RUN curl -fsSL https://example.org/i.sh | bash
# hadolint ignore=DL3004 the installer asks for it
RUN sudo make
USER 10001
HEALTHCHECK NONE
";

/// Exit code and both streams of `sekisho ARGS` in `directory`.
fn sekisho(directory: &Path, args: &[&str], input: &str) -> (i32, String, String) {
    let output = Command::cargo_bin("sekisho")
        .unwrap()
        .env_clear()
        .current_dir(directory)
        .args(args)
        .write_stdin(input)
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

fn directory(files: &[(&str, &str)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }
    directory
}

#[test]
fn a_finding_is_shown_on_its_line_and_a_secret_is_not() {
    let directory = directory(&[("Dockerfile", BAD)]);
    let (code, stdout, stderr) = sekisho(directory.path(), &["check", "Dockerfile"], "");
    assert_eq!(code, 1, "{stderr}");
    assert!(stdout.contains("Dockerfile:3:5"), "{stdout}");
    assert!(stdout.contains("bash runs what curl fetches"), "{stdout}");
    assert!(stdout.contains("ENV DB_PASSWORD=*******"), "{stdout}");
    assert!(!stdout.contains("hunter2"), "{stdout}");
    assert!(stdout.contains("excused: SEK-DOCKERFILE-0012"), "{stdout}");
}

#[test]
fn the_report_says_where_and_what_was_excused() {
    let directory = directory(&[("Dockerfile", BAD)]);
    let args = ["check", "--format", "json", "Dockerfile"];
    let (code, stdout, _) = sekisho(directory.path(), &args, "");
    assert_eq!(code, 1);
    let report: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(report["subject"]["kind"], "file");
    assert_eq!(report["subject"]["source"], "file");
    assert_eq!(report["verdict"]["result"], "fail");
    let findings = report["findings"].as_array().unwrap();
    let of = |id: &str| findings.iter().find(|it| it["check"] == id).unwrap();
    let location = &of("SEK-DOCKERFILE-0017")["location"];
    assert_eq!((&location["line"], &location["column"]), (&3.into(), &5.into()));
    assert_eq!(of("SEK-DOCKERFILE-0012")["suppressed"]["reason"], "the installer asks for it");
    assert!(!stdout.contains("hunter2"), "{stdout}");
}

#[test]
fn exit_codes_follow_the_severity_that_fails() {
    let good = "FROM a:1@sha256:00\nUSER 10001\nHEALTHCHECK NONE\n";
    let directory = directory(&[("Dockerfile", good), ("sub/api.dockerfile", "FROM a\n")]);
    let code = |args: &[&str]| sekisho(directory.path(), args, "").0;
    assert_eq!(code(&["check", "Dockerfile"]), 0);
    assert_eq!(code(&["check", "."]), 0);
    assert_eq!(code(&["check", "--fail-on", "medium", "."]), 1);
    assert_eq!(code(&["check", "--fail-on", "none", "."]), 0);
    assert_eq!(code(&["check", "missing"]), 2);
}

#[test]
fn what_cannot_be_checked_is_said_with_what_can() {
    let directory = directory(&[("Makefile", "all:\n\tmake\n")]);
    let (code, _, stderr) = sekisho(directory.path(), &["check", "Makefile"], "");
    assert_eq!(code, 2);
    assert!(stderr.contains("Makefile is nothing that can be checked: Dockerfile"), "{stderr}");
    let (code, _, stderr) = sekisho(directory.path(), &["check", "."], "");
    assert_eq!(code, 2);
    assert!(stderr.contains("nothing below"), "{stderr}");
}

#[test]
fn a_script_that_cannot_be_read_is_never_clean() {
    let directory = directory(&[]);
    let text = "FROM a:1@sha256:00\nUSER 1\nHEALTHCHECK NONE\nRUN echo 'open\n";
    let (code, stdout, _) = sekisho(directory.path(), &["check", "-"], text);
    assert_eq!(code, 3, "{stdout}");
    assert!(stdout.contains("line 4: the shell script cannot be read"), "{stdout}");
}

#[test]
fn a_fix_is_a_diff_until_it_is_to_be_written() {
    let text = "FROM a:1\r\nRUN apk add b\r\n";
    let directory = directory(&[("Dockerfile", text)]);
    let path = directory.path().join("Dockerfile");
    let (code, stdout, _) = sekisho(directory.path(), &["check", "--fix", "Dockerfile"], "");
    assert_eq!(code, 0);
    let lines: Vec<&str> = stdout.lines().map(|line| line.trim_end_matches('\r')).collect();
    assert_eq!(
        lines,
        [
            "--- a/Dockerfile",
            "+++ b/Dockerfile",
            "@@ -1,2 +1,2 @@",
            " FROM a:1",
            "-RUN apk add b",
            "+RUN apk add --no-cache b",
        ]
    );
    assert_eq!(fs_err::read_to_string(&path).unwrap(), text);
    let (code, stdout, _) =
        sekisho(directory.path(), &["check", "--fix", "--write", "Dockerfile"], "");
    assert_eq!((code, stdout.as_str()), (0, ""));
    let want = "FROM a:1\r\nRUN apk add --no-cache b\r\n";
    assert_eq!(fs_err::read_to_string(&path).unwrap(), want);
}

#[test]
fn a_check_explains_itself_in_both_languages_and_by_its_name_elsewhere() {
    let directory = directory(&[]);
    let explain = |args: &[&str]| sekisho(directory.path(), args, "");
    let (code, english, _) = explain(&["explain", "SEK-DOCKERFILE-0012"]);
    assert_eq!(code, 0);
    assert!(english.contains("sudo is used in the build"), "{english}");
    let (_, japanese, _) = explain(&["explain", "--lang", "ja", "DL3004"]);
    assert!(japanese.contains("ビルドで sudo を使っている"), "{japanese}");
    let (_, json, _) = explain(&["explain", "--format", "json", "sudo"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["check"], "SEK-DOCKERFILE-0012");
    assert_eq!(explain(&["explain", "SEK-NOTHING-0001"]).0, 2);
}

const TASK: &str = r#"{
  // for the pipeline
  "family": "shop",
  "networkMode": "awsvpc",
  "requiresCompatibilities": ["FARGATE"],
  "cpu": "256",
  "memory": "512",
  "executionRoleArn": "arn:aws:iam::123456789012:role/shop-execution",
  "containerDefinitions": [
    {
      "name": "web",
      "image": "<IMAGE>",
      "user": "0",
      "environment": [{"name": "DB_PASSWORD", "value": "hunter2"}],
      "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
      "logConfiguration": {
        "logDriver": "awslogs",
        "options": {
          "awslogs-group": "shop",
          "awslogs-region": "eu-west-1",
          "awslogs-stream-prefix": "web"
        }
      }
    }
  ]
}
"#;

#[test]
fn findings_of_a_task_definition_are_listed_by_container() {
    let directory = directory(&[("deploy/taskdef.json", TASK), ("package.json", "{}")]);
    let (code, stdout, stderr) = sekisho(directory.path(), &["check", "."], "");
    assert_eq!(code, 1, "{stderr}");
    let (list, _) = stdout.split_once("\n\n").unwrap();
    insta::assert_snapshot!(list, @r#"
    shop/web in deploy/taskdef.json
      high     SEK-DEPLOY-0102  The root file system is writable
            11 | "name": "web",
               = every file of the image can be changed
      high     SEK-DEPLOY-0103  The container is told to run as root
            13 | "user": "0",
               = the user is "0", which is root
      high     SEK-DEPLOY-0302  A variable for a secret has its value here
            14 | "environment": [{"name": "DB_PASSWORD", "value": *********}],
               = the value of DB_PASSWORD is written here
    "#);
}

#[test]
fn the_strictest_profile_leaves_no_question_open() {
    let directory = directory(&[("taskdef.json", TASK)]);
    let args = ["check", "--profile", "talk", "--fail-on", "none", "taskdef.json"];
    let (code, stdout, _) = sekisho(directory.path(), &args, "");
    assert_eq!(code, 3, "{stdout}");
    assert!(stdout.contains("taskdef.json, line 12: known only at deployment"), "{stdout}");
    let (code, _, stderr) =
        sekisho(directory.path(), &["check", "--profile", "lax", "taskdef.json"], "");
    assert_eq!(code, 2);
    assert!(stderr.contains("take one of baseline, ec2, fargate, talk"), "{stderr}");
}

#[test]
fn a_task_definition_that_cannot_be_read_is_named_with_its_line() {
    let text = "{\n  \"containerDefinitions\": [\n    {\"name\" \"web\"}\n  ]\n}\n";
    let directory = directory(&[("taskdef.json", text)]);
    let (code, stdout, _) = sekisho(directory.path(), &["check", "taskdef.json"], "");
    assert_eq!(code, 3, "{stdout}");
    assert!(stdout.contains("taskdef.json line 3: a colon is expected"), "{stdout}");
}

#[test]
fn a_check_is_found_by_its_name_in_other_programs() {
    let directory = directory(&[]);
    let (code, stdout, _) = sekisho(directory.path(), &["explain", "CKV_AWS_336"], "");
    assert_eq!(code, 0);
    assert!(stdout.contains("SEK-DEPLOY-0102"), "{stdout}");
}

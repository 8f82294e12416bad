//! The configuration of a container.
//!
//! # Source
//!
//! OCI Runtime Specification 1.0, config.md and config-linux.md; the capabilities, devices and
//! masked paths that Docker gives a container where nobody says otherwise.

use std::{io::Read, path::Path};

use rustix::fs::OFlags;
use sekisho_image::ImageConfig;
use serde_json::{Value, json};

use super::layout::open_inside;
use crate::{Job, RunError, Step};

/// Where programs are looked for when the image does not say.
const DEFAULT_PATH: &str = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What Docker leaves to root in a container.
const CAPABILITIES: [&str; 14] = [
    "CAP_AUDIT_WRITE",
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_MKNOD",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_RAW",
    "CAP_SETFCAP",
    "CAP_SETGID",
    "CAP_SETPCAP",
    "CAP_SETUID",
    "CAP_SYS_CHROOT",
];

/// What only `privileged` gives.
const MORE_CAPABILITIES: [&str; 9] = [
    "CAP_DAC_READ_SEARCH",
    "CAP_IPC_LOCK",
    "CAP_LINUX_IMMUTABLE",
    "CAP_NET_ADMIN",
    "CAP_SYS_ADMIN",
    "CAP_SYS_NICE",
    "CAP_SYS_PTRACE",
    "CAP_SYS_TTY_CONFIG",
    "CAP_SYSLOG",
];

const MASKED: [&str; 9] = [
    "/proc/acpi",
    "/proc/asound",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/timer_list",
    "/proc/scsi",
    "/sys/firmware",
];

const READ_ONLY: [&str; 5] =
    ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/// Calls that reach deep into the kernel and that no test of an image needs.
const REFUSED_CALLS: [&str; 16] = [
    "add_key",
    "bpf",
    "delete_module",
    "finit_module",
    "init_module",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "kexec_file_load",
    "kexec_load",
    "keyctl",
    "open_by_handle_at",
    "perf_event_open",
    "request_key",
    "unshare",
    "userfaultfd",
];

/// Largest `/etc/passwd` and `/etc/group` that are read.
const ACCOUNTS_BYTES: u64 = 1 << 20;

/// Who a command runs as.
#[derive(Debug, PartialEq, Eq)]
struct User {
    uid: u32,
    gid: u32,
    more_gids: Vec<u32>,
    home: String,
}

pub(super) fn spec(
    config: &ImageConfig,
    root: &Path,
    step: &Step,
    job: &Job,
    is_root: bool,
) -> Result<Value, RunError> {
    let options = &job.options;
    if options.tty {
        let text = "allocateTty".to_owned();
        return Err(RunError::Option { what: "only Docker gives a terminal", text });
    }
    let user = options.user.as_deref().unwrap_or(&config.user);
    let user =
        self::user(user, &account_file(root, "/etc/passwd"), &account_file(root, "/etc/group"))?;
    if !is_root && (user.uid, user.gid) != (0, 0) {
        let text = format!("{}:{}", user.uid, user.gid);
        return Err(RunError::Option { what: "without root there is only the user root", text });
    }
    let mut capabilities: Vec<String> = CAPABILITIES.map(str::to_owned).to_vec();
    if options.privileged {
        capabilities.extend(MORE_CAPABILITIES.map(str::to_owned));
    }
    for name in &options.capabilities {
        let name = name.to_ascii_uppercase();
        let name = if name.starts_with("CAP_") { name } else { format!("CAP_{name}") };
        if !capabilities.contains(&name) {
            capabilities.push(name);
        }
    }
    let cwd = if config.working_dir.is_empty() { "/" } else { &config.working_dir };
    let cwd = if cwd.starts_with('/') { cwd.to_owned() } else { format!("/{cwd}") };
    let mut spec = json!({
        "ociVersion": "1.0.2",
        "hostname": "sekisho",
        "process": {
            "terminal": false,
            "user": {"uid": user.uid, "gid": user.gid, "additionalGids": user.more_gids},
            "args": step.command,
            "env": env(config, step, &user.home),
            "cwd": cwd,
            "capabilities": {
                "bounding": capabilities,
                "effective": capabilities,
                "permitted": capabilities,
            },
            "rlimits": rlimits(job, is_root),
        },
        "root": {"path": root, "readonly": false},
        "mounts": mounts(job, is_root)?,
        "linux": {
            "namespaces": namespaces(job, is_root),
            "maskedPaths": if options.privileged { &[][..] } else { &MASKED },
            "readonlyPaths": if options.privileged { &[][..] } else { &READ_ONLY },
        },
    });
    let Some(linux) = spec.get_mut("linux").and_then(Value::as_object_mut) else { return Ok(spec) };
    if is_root {
        linux.insert(
            "resources".to_owned(),
            json!({
                "memory": {"limit": job.limits.memory_bytes},
                "pids": {"limit": job.limits.n_processes},
                "devices": devices(),
            }),
        );
    } else {
        let own = |host: u32| json!([{"containerID": 0, "hostID": host, "size": 1}]);
        linux.insert("uidMappings".to_owned(), own(rustix::process::geteuid().as_raw()));
        linux.insert("gidMappings".to_owned(), own(rustix::process::getegid().as_raw()));
    }
    if !options.privileged {
        linux.insert(
            "seccomp".to_owned(),
            json!({
                "defaultAction": "SCMP_ACT_ALLOW",
                "syscalls": [{"names": REFUSED_CALLS, "action": "SCMP_ACT_ERRNO"}],
            }),
        );
    }
    Ok(spec)
}

/// Without root there are no cgroups to rely on; then the bounds are those of processes.
fn rlimits(job: &Job, is_root: bool) -> Value {
    let mut limits = vec![
        json!({"type": "RLIMIT_CORE", "soft": 0, "hard": 0}),
        json!({"type": "RLIMIT_NOFILE", "soft": 1024, "hard": 4096}),
    ];
    if !is_root {
        let (processes, memory) = (job.limits.n_processes, job.limits.memory_bytes);
        limits.push(json!({"type": "RLIMIT_NPROC", "soft": processes, "hard": processes}));
        limits.push(json!({"type": "RLIMIT_AS", "soft": memory, "hard": memory}));
    }
    Value::Array(limits)
}

fn namespaces(job: &Job, is_root: bool) -> Value {
    let mut names = vec!["pid", "ipc", "uts", "mount"];
    if !job.has_network {
        names.push("network");
    }
    if !is_root {
        names.push("user");
    }
    names.into_iter().map(|name| json!({"type": name})).collect()
}

/// The devices that every container has.
fn devices() -> Value {
    let allowed = [(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 2)];
    let allow = |(major, minor)| json!({"allow": true, "type": "c", "major": major, "minor": minor, "access": "rwm"});
    let mut rules = vec![json!({"allow": false, "access": "rwm"})];
    rules.extend(allowed.map(allow));
    rules.push(json!({"allow": true, "type": "c", "major": 136, "access": "rwm"}));
    Value::Array(rules)
}

fn mounts(job: &Job, is_root: bool) -> Result<Value, RunError> {
    let mount = |destination: &str, kind: &str, options: &[&str]| json!({"destination": destination, "type": kind, "source": kind, "options": options});
    let pts = if is_root {
        &["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"][..]
    } else {
        &["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]
    };
    let mut mounts = vec![
        mount("/proc", "proc", &["nosuid", "noexec", "nodev"]),
        mount("/dev", "tmpfs", &["nosuid", "strictatime", "mode=755", "size=65536k"]),
        mount("/dev/pts", "devpts", pts),
        mount("/dev/shm", "tmpfs", &["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
        mount("/dev/mqueue", "mqueue", &["nosuid", "noexec", "nodev"]),
    ];
    // A file system of devices belongs to a network; without one of its own it stays away.
    if is_root || !job.has_network {
        mounts.push(mount("/sys", "sysfs", &["nosuid", "noexec", "nodev", "ro"]));
    }
    if job.has_network {
        mounts.push(bind("/etc/resolv.conf", "/etc/resolv.conf", true));
    }
    for text in &job.options.bind_mounts {
        let wrong = |what| RunError::Option { what, text: text.clone() };
        let mut parts = text.split(':');
        let (Some(source), Some(destination), option, None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong("a bind mount is src:dst or src:dst:ro"));
        };
        if !source.starts_with('/') || !destination.starts_with('/') {
            return Err(wrong("both paths of a bind mount begin with a slash"));
        }
        let is_read_only = match option {
            None | Some("rw") => false,
            Some("ro") => true,
            Some(_) => return Err(wrong("a bind mount is ro or rw")),
        };
        mounts.push(bind(source, destination, is_read_only));
    }
    Ok(Value::Array(mounts))
}

fn bind(source: &str, destination: &str, is_read_only: bool) -> Value {
    let access = if is_read_only { "ro" } else { "rw" };
    json!({
        "destination": destination,
        "type": "bind",
        "source": source,
        "options": ["rbind", "nosuid", "nodev", access],
    })
}

/// The variables of the image, what every container has, and those of the step; of two with one
/// name the last counts.
fn env(config: &ImageConfig, step: &Step, home: &str) -> Vec<String> {
    let usual = [DEFAULT_PATH.to_owned(), "HOSTNAME=sekisho".to_owned(), format!("HOME={home}")];
    let name = |entry: &str| entry.split_once('=').map_or(entry, |(name, _)| name).to_owned();
    let mut env: Vec<String> = Vec::new();
    for entry in usual.iter().chain(&config.env).chain(&step.env) {
        match env.iter_mut().find(|known| name(known) == name(entry)) {
            Some(known) => known.clone_from(entry),
            None => env.push(entry.clone()),
        }
    }
    env
}

/// The text of a file in the root; empty where there is none that can be read.
fn account_file(root: &Path, path: &str) -> String {
    let mut text = Vec::new();
    if let Ok(file) = open_inside(root, path, OFlags::RDONLY | OFlags::NONBLOCK) {
        // What cannot be read says nothing.
        drop(std::fs::File::from(file).take(ACCOUNTS_BYTES).read_to_end(&mut text));
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// Reads `user[:group]`, each a name or a number, as Docker does.
fn user(text: &str, passwd: &str, group: &str) -> Result<User, RunError> {
    let wrong = |what| RunError::Option { what, text: text.to_owned() };
    let (user, wanted_group) = match text.split_once(':') {
        Some((user, group)) => (user, Some(group).filter(|group| !group.is_empty())),
        None => (text, None),
    };
    let user = if user.is_empty() { "0" } else { user };
    let fields = |line: &str| line.split(':').map(str::to_owned).collect::<Vec<String>>();
    let field = |line: &[String], index: usize| line.get(index).cloned().unwrap_or_default();
    let known = passwd.lines().map(fields).find(|line| {
        field(line, 0) == user || (field(line, 2) == user && user.parse::<u32>().is_ok())
    });
    let (name, uid, mut gid, home) = match &known {
        Some(line) => (
            field(line, 0),
            field(line, 2).parse().map_err(|_| wrong("/etc/passwd has no number for this user"))?,
            field(line, 3).parse().unwrap_or(0),
            field(line, 5),
        ),
        None => {
            let uid = user.parse().map_err(|_| wrong("the image has no user of this name"))?;
            (String::new(), uid, 0, String::new())
        }
    };
    let groups: Vec<Vec<String>> = group.lines().map(fields).collect();
    let mut more_gids = Vec::new();
    match wanted_group {
        Some(wanted) => {
            let known = groups.iter().find(|line| field(line, 0) == wanted);
            let number = known.map_or_else(|| wanted.to_owned(), |line| field(line, 2));
            gid = number.parse().map_err(|_| wrong("the image has no group of this name"))?;
        }
        None if !name.is_empty() => {
            let is_member = |line: &&Vec<String>| field(line, 3).split(',').any(|it| it == name);
            let gids =
                groups.iter().filter(is_member).filter_map(|line| field(line, 2).parse().ok());
            more_gids = gids.collect();
        }
        None => (),
    }
    let home = if home.is_empty() { "/".to_owned() } else { home };
    Ok(User { uid, gid, more_gids, home })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_as_docker_finds_it() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/srv:/bin/sh\n";
        let group = "root:x:0:\napp:x:1001:\nextra:x:50:app,other\n";
        let found = |text: &str| {
            user(text, passwd, group).map_or_else(
                |err| err.to_string(),
                |it| format!("{}:{} {:?} {}", it.uid, it.gid, it.more_gids, it.home),
            )
        };
        for (text, want) in [
            ("", "0:0 [] /root"),
            ("app", "1000:1001 [50] /srv"),
            ("1000", "1000:1001 [50] /srv"),
            ("app:extra", "1000:50 [] /srv"),
            ("1234:5", "1234:5 [] /"),
            ("4711", "4711:0 [] /"),
            ("nobody", "the image has no user of this name: \"nobody\""),
            ("app:none", "the image has no group of this name: \"app:none\""),
        ] {
            assert_eq!(found(text), want, "{text}");
        }
    }
}

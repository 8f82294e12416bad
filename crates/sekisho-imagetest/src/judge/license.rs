use crate::{Place, TestResult, View, Wanted, go_text, suite::LicenseTest};

/// Where Debian keeps what it says of each package.
const DEBIAN_ROOT: &str = "/usr/share/doc";

/// The files that a licence test of Debian reads.
const DEBIAN_GLOB: &str = "usr/share/doc/*/copyright";

/// Packages that pass whatever their file says.
const PASSING: [&str; 1] = ["libgnutls30"];

/// Words that a licence must not contain.
const REFUSED: [&str; 2] = ["AGPL", "WTFPL"];

impl LicenseTest {
    pub(crate) fn want(&self, wanted: &mut Wanted) {
        for file in &self.files {
            wanted.add_path(file);
        }
        if self.debian {
            wanted.add_glob(DEBIAN_GLOB).expect("a pattern of ours is valid");
        }
    }
}

pub(crate) fn judge(test: &LicenseTest, view: &View) -> TestResult {
    let mut result = TestResult::new("License Test", Place::default());
    if test.debian {
        match view.directories(DEBIAN_ROOT) {
            Ok(packages) => {
                for package in packages.iter().filter(|it| !PASSING.contains(&it.as_str())) {
                    let file = format!("{DEBIAN_ROOT}/{package}/copyright");
                    if view.lookup(&file).is_none() {
                        result.fail(format!(
                            "Error reading license file for {package}: File {file} not found in \
                             image"
                        ));
                    }
                    check(&file, view, &mut result);
                }
            }
            Err(err) => {
                result.fail(format!("Error reading directory: {err}"));
                return result;
            }
        }
    }
    for file in &test.files {
        check(file, view, &mut result);
    }
    result
}

fn check(file: &str, view: &View, result: &mut TestResult) {
    match view.read(file) {
        Ok(bytes) => {
            let text = go_text(bytes).to_uppercase();
            if let Some(word) = REFUSED.iter().find(|word| text.contains(**word)) {
                result.fail(format!("Invalid license for {file}, license contains {word}"));
            }
        }
        Err(err) => {
            result.is_unanswered |= err.is_unanswered();
            result.fail(format!("Error reading license file for {file}: {err}"));
        }
    }
}

use super::{Ran, Words, expect};
use crate::{CommandFailure, Compat, TestResult, go_text, suite::CommandTest};

pub(super) fn judge(test: &CommandTest, ran: Ran, compat: Compat) -> TestResult {
    let mistakes = test.mistakes();
    if !mistakes.is_empty() {
        let errors = mistakes;
        return TestResult {
            name: test.name.clone(),
            errors,
            place: test.place,
            ..TestResult::default()
        };
    }
    let mut result = TestResult::new(format!("Command Test: {}", test.name), test.place);
    let run = match ran {
        Some(Ok(run)) => run,
        Some(Err(CommandFailure {
            message,
            stdout,
            stderr,
            duration,
            is_unanswered,
            is_setup,
        })) => {
            // The peer gives such a result without the kind of test in its name.
            if is_setup {
                result.name.clone_from(&test.name);
            }
            result.fail(message);
            result.stdout = go_text(&stdout).into_owned();
            result.stderr = go_text(&stderr).into_owned();
            result.duration = duration;
            result.is_unanswered = is_unanswered;
            return result;
        }
        None => {
            result.fail("it was not run");
            result.is_unanswered = true;
            return result;
        }
    };
    result.stdout = go_text(&run.stdout).into_owned();
    result.stderr = go_text(&run.stderr).into_owned();
    result.duration = run.duration;
    let stderr = result.stderr.clone();
    expect(&mut result, &test.error, &Words { what: "error", text: &stderr });
    let stdout = result.stdout.clone();
    expect(&mut result, &test.output, &Words { what: "output", text: &stdout });
    if run.exit_code != test.exit_code {
        result.fail(format!(
            "Test '{}' exited with incorrect error code. Expected: {}, Actual: {}",
            test.name, test.exit_code, run.exit_code
        ));
    }
    if let Some(failure) = run.teardown_failure.filter(|_| compat.is_strict()) {
        result.fail(failure);
    }
    result
}

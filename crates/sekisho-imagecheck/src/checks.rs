// Written by `cargo xtask codegen` from the files beside it. Do not edit.

mod compiler;
mod latest_base;
mod missing_healthcheck;
mod package_cache;
mod remote_add;
mod remote_shell;
mod root_user;
mod secret_in_environment;
mod ssh_server;
mod sudo;
mod unknown_user;

use crate::ImageCheck;

/// Every check of an image, by the name of its file.
pub const ALL: &[&ImageCheck] = &[
    &compiler::CHECK,
    &latest_base::CHECK,
    &missing_healthcheck::CHECK,
    &package_cache::CHECK,
    &remote_add::CHECK,
    &remote_shell::CHECK,
    &root_user::CHECK,
    &secret_in_environment::CHECK,
    &ssh_server::CHECK,
    &sudo::CHECK,
    &unknown_user::CHECK,
];

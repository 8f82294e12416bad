// Written by `cargo xtask codegen` from the files beside it. Do not edit.

mod compiler;
mod duplicate_uid;
mod empty_password;
mod ended_distribution;
mod executable_stack;
mod file_capabilities;
mod hidden_bytes;
mod latest_base;
mod many_layers;
mod missing_healthcheck;
mod missing_library;
mod old_base;
mod old_image;
mod package_cache;
mod readable_shadow;
mod remote_add;
mod remote_port;
mod remote_shell;
mod root_user;
mod secret_in_environment;
mod sensitive_volume;
mod setgid_file;
mod setuid_file;
mod shell_in_distroless;
mod ssh_server;
mod sudo;
mod unknown_user;
mod unneeded_executables;
mod unpackaged_executable;
mod version_control;
mod weak_password_hash;
mod writable_directory;
mod writable_executable;
mod writable_file;

use crate::ImageCheck;

/// Every check of an image, by the name of its file.
pub const ALL: &[&ImageCheck] = &[
    &compiler::CHECK,
    &duplicate_uid::CHECK,
    &empty_password::CHECK,
    &ended_distribution::CHECK,
    &executable_stack::CHECK,
    &file_capabilities::CHECK,
    &hidden_bytes::CHECK,
    &latest_base::CHECK,
    &many_layers::CHECK,
    &missing_healthcheck::CHECK,
    &missing_library::CHECK,
    &old_base::CHECK,
    &old_image::CHECK,
    &package_cache::CHECK,
    &readable_shadow::CHECK,
    &remote_add::CHECK,
    &remote_port::CHECK,
    &remote_shell::CHECK,
    &root_user::CHECK,
    &secret_in_environment::CHECK,
    &sensitive_volume::CHECK,
    &setgid_file::CHECK,
    &setuid_file::CHECK,
    &shell_in_distroless::CHECK,
    &ssh_server::CHECK,
    &sudo::CHECK,
    &unknown_user::CHECK,
    &unneeded_executables::CHECK,
    &unpackaged_executable::CHECK,
    &version_control::CHECK,
    &weak_password_hash::CHECK,
    &writable_directory::CHECK,
    &writable_executable::CHECK,
    &writable_file::CHECK,
];

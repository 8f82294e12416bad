// Written by `cargo xtask codegen` from the files beside it. Do not edit.

mod add_instead_of_copy;
mod add_url_without_checksum;
mod apt_in_script;
mod base_tag_latest;
mod base_without_digest;
mod base_without_tag;
mod broken_instruction;
mod build_tools_shipped;
mod cd_in_run;
mod command_without_use;
mod confirmation_missing;
mod copy_from_own_stage;
mod copy_from_unknown_stage;
mod copy_many_without_slash;
mod copy_to_relative_path;
mod copy_without_dockerignore;
mod download_piped_to_shell;
mod download_unverified;
mod duplicate_stage_name;
mod env_refers_to_itself;
mod healthcheck_missing;
mod ignore_comment;
mod instruction_before_from;
mod label_key_invalid;
mod language_cache_left;
mod language_package_unpinned;
mod legacy_env;
mod maintainer;
mod onbuild_forbidden;
mod os_package_unpinned;
mod overridden_instruction;
mod package_lists_left;
mod pipe_hides_failure;
mod platform_fixed;
mod port_out_of_range;
mod recommended_packages;
mod root_user;
mod run_without_sandbox;
mod secret_in_run;
mod secret_in_variable;
mod sensitive_file_copied;
mod setuid_kept;
mod setuid_set;
mod shell_form_command;
mod shell_replaced_by_link;
mod ssh_port_exposed;
mod sudo;
mod system_upgrade;
mod tls_verification_off;
mod unsigned_packages;
mod untrusted_registry;
mod user_by_name;
mod user_missing;
mod useradd_large_uid;
mod wget_progress;
mod workdir_relative;
mod world_writable;

use crate::DockerfileCheck;

/// Every check of Dockerfiles, by name.
pub const ALL: &[&DockerfileCheck] = &[
    &add_instead_of_copy::CHECK,
    &add_url_without_checksum::CHECK,
    &apt_in_script::CHECK,
    &base_tag_latest::CHECK,
    &base_without_digest::CHECK,
    &base_without_tag::CHECK,
    &broken_instruction::CHECK,
    &build_tools_shipped::CHECK,
    &cd_in_run::CHECK,
    &command_without_use::CHECK,
    &confirmation_missing::CHECK,
    &copy_from_own_stage::CHECK,
    &copy_from_unknown_stage::CHECK,
    &copy_many_without_slash::CHECK,
    &copy_to_relative_path::CHECK,
    &copy_without_dockerignore::CHECK,
    &download_piped_to_shell::CHECK,
    &download_unverified::CHECK,
    &duplicate_stage_name::CHECK,
    &env_refers_to_itself::CHECK,
    &healthcheck_missing::CHECK,
    &ignore_comment::CHECK,
    &instruction_before_from::CHECK,
    &label_key_invalid::CHECK,
    &language_cache_left::CHECK,
    &language_package_unpinned::CHECK,
    &legacy_env::CHECK,
    &maintainer::CHECK,
    &onbuild_forbidden::CHECK,
    &os_package_unpinned::CHECK,
    &overridden_instruction::CHECK,
    &package_lists_left::CHECK,
    &pipe_hides_failure::CHECK,
    &platform_fixed::CHECK,
    &port_out_of_range::CHECK,
    &recommended_packages::CHECK,
    &root_user::CHECK,
    &run_without_sandbox::CHECK,
    &secret_in_run::CHECK,
    &secret_in_variable::CHECK,
    &sensitive_file_copied::CHECK,
    &setuid_kept::CHECK,
    &setuid_set::CHECK,
    &shell_form_command::CHECK,
    &shell_replaced_by_link::CHECK,
    &ssh_port_exposed::CHECK,
    &sudo::CHECK,
    &system_upgrade::CHECK,
    &tls_verification_off::CHECK,
    &unsigned_packages::CHECK,
    &untrusted_registry::CHECK,
    &user_by_name::CHECK,
    &user_missing::CHECK,
    &useradd_large_uid::CHECK,
    &wget_progress::CHECK,
    &workdir_relative::CHECK,
    &world_writable::CHECK,
];

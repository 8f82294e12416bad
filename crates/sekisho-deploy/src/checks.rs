// Written by `cargo xtask codegen` from the files beside it. Do not edit.

mod bridge_network;
mod capabilities_kept;
mod capability_added;
mod confinement_off;
mod container_named_twice;
mod dependency_condition;
mod dependency_impossible;
mod device;
mod docker_volume;
mod efs_for_all;
mod efs_in_clear;
mod environment_file;
mod execute_command;
mod execution_role_missing;
mod fault_injection;
mod fixed_host_port;
mod foreign_secret;
mod health_check_missing;
mod host_directory;
mod host_network;
mod host_pid;
mod host_port_differs;
mod image_without_digest;
mod image_without_version;
mod impossible_size;
mod init_missing;
mod invalid_member;
mod links;
mod log_blocks;
mod log_group_forever;
mod log_group_key;
mod log_missing;
mod log_options_missing;
mod log_stays_local;
mod low_port;
mod memory_reservation_too_large;
mod memory_unlimited;
mod mutable_tags;
mod name_overridden;
mod network_without_use;
mod new_privileges;
mod no_container_insights;
mod no_essential_container;
mod no_scan_on_push;
mod not_allowed_here;
mod one_role_for_both;
mod password_in_address;
mod platform_version;
mod ports_without_network;
mod privileged;
mod public_address;
mod risky_port;
mod root_group;
mod root_user;
mod runtime_socket;
mod secret_by_name;
mod secret_in_command;
mod secret_in_environment;
mod secret_in_label;
mod secret_in_log_options;
mod secret_named_twice;
mod secrets_may_be_swapped;
mod shared_ipc;
mod shared_isolation;
mod shared_pid;
mod system_control;
mod task_role_missing;
mod task_role_shared;
mod task_too_small;
mod terminal;
mod timeout_out_of_range;
mod tmpfs_options;
mod ulimit_excessive;
mod ulimit_soft_above_hard;
mod ulimits_missing;
mod unknown_volume;
mod unknown_volumes_from;
mod untagged;
mod untrusted_registry;
mod user_missing;
mod version_consistency_off;
mod writable_mount;
mod writable_root_file_system;
mod writable_volumes_from;

use crate::DeployCheck;

/// Every check of what is deployed, by name.
pub const ALL: &[&DeployCheck] = &[
    &bridge_network::CHECK,
    &capabilities_kept::CHECK,
    &capability_added::CHECK,
    &confinement_off::CHECK,
    &container_named_twice::CHECK,
    &dependency_condition::CHECK,
    &dependency_impossible::CHECK,
    &device::CHECK,
    &docker_volume::CHECK,
    &efs_for_all::CHECK,
    &efs_in_clear::CHECK,
    &environment_file::CHECK,
    &execute_command::CHECK,
    &execution_role_missing::CHECK,
    &fault_injection::CHECK,
    &fixed_host_port::CHECK,
    &foreign_secret::CHECK,
    &health_check_missing::CHECK,
    &host_directory::CHECK,
    &host_network::CHECK,
    &host_pid::CHECK,
    &host_port_differs::CHECK,
    &image_without_digest::CHECK,
    &image_without_version::CHECK,
    &impossible_size::CHECK,
    &init_missing::CHECK,
    &invalid_member::CHECK,
    &links::CHECK,
    &log_blocks::CHECK,
    &log_group_forever::CHECK,
    &log_group_key::CHECK,
    &log_missing::CHECK,
    &log_options_missing::CHECK,
    &log_stays_local::CHECK,
    &low_port::CHECK,
    &memory_reservation_too_large::CHECK,
    &memory_unlimited::CHECK,
    &mutable_tags::CHECK,
    &name_overridden::CHECK,
    &network_without_use::CHECK,
    &new_privileges::CHECK,
    &no_container_insights::CHECK,
    &no_essential_container::CHECK,
    &no_scan_on_push::CHECK,
    &not_allowed_here::CHECK,
    &one_role_for_both::CHECK,
    &password_in_address::CHECK,
    &platform_version::CHECK,
    &ports_without_network::CHECK,
    &privileged::CHECK,
    &public_address::CHECK,
    &risky_port::CHECK,
    &root_group::CHECK,
    &root_user::CHECK,
    &runtime_socket::CHECK,
    &secret_by_name::CHECK,
    &secret_in_command::CHECK,
    &secret_in_environment::CHECK,
    &secret_in_label::CHECK,
    &secret_in_log_options::CHECK,
    &secret_named_twice::CHECK,
    &secrets_may_be_swapped::CHECK,
    &shared_ipc::CHECK,
    &shared_isolation::CHECK,
    &shared_pid::CHECK,
    &system_control::CHECK,
    &task_role_missing::CHECK,
    &task_role_shared::CHECK,
    &task_too_small::CHECK,
    &terminal::CHECK,
    &timeout_out_of_range::CHECK,
    &tmpfs_options::CHECK,
    &ulimit_excessive::CHECK,
    &ulimit_soft_above_hard::CHECK,
    &ulimits_missing::CHECK,
    &unknown_volume::CHECK,
    &unknown_volumes_from::CHECK,
    &untagged::CHECK,
    &untrusted_registry::CHECK,
    &user_missing::CHECK,
    &version_consistency_off::CHECK,
    &writable_mount::CHECK,
    &writable_root_file_system::CHECK,
    &writable_volumes_from::CHECK,
];

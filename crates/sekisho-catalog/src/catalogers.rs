// Written by `cargo xtask codegen` from the files beside it. Do not edit.

mod apk;
mod bun_lock;
mod cargo_lock;
mod composer_lock;
mod dotnet;
mod dpkg;
mod gemfile_lock;
mod go_binary;
mod go_mod;
mod gradle_lock;
mod java;
mod maven_pom;
mod npm;
mod npm_lock;
mod nuget_lock;
mod pacman;
mod pdm_lock;
mod php;
mod pipfile_lock;
mod pnpm_lock;
mod poetry_lock;
mod python;
mod python_requirements;
mod rpm_bdb;
mod rpm_manifest;
mod rpm_ndb;
mod rpm_sqlite;
mod ruby;
mod rust_binary;
mod uv_lock;
mod yarn_lock;

use crate::Cataloger;

/// Every cataloger, by id.
pub const ALL: &[&Cataloger] = &[
    &apk::CATALOGER,
    &bun_lock::CATALOGER,
    &cargo_lock::CATALOGER,
    &composer_lock::CATALOGER,
    &dotnet::CATALOGER,
    &dpkg::CATALOGER,
    &gemfile_lock::CATALOGER,
    &go_binary::CATALOGER,
    &go_mod::CATALOGER,
    &gradle_lock::CATALOGER,
    &java::CATALOGER,
    &maven_pom::CATALOGER,
    &npm::CATALOGER,
    &npm_lock::CATALOGER,
    &nuget_lock::CATALOGER,
    &pacman::CATALOGER,
    &pdm_lock::CATALOGER,
    &php::CATALOGER,
    &pipfile_lock::CATALOGER,
    &pnpm_lock::CATALOGER,
    &poetry_lock::CATALOGER,
    &python::CATALOGER,
    &python_requirements::CATALOGER,
    &rpm_bdb::CATALOGER,
    &rpm_manifest::CATALOGER,
    &rpm_ndb::CATALOGER,
    &rpm_sqlite::CATALOGER,
    &ruby::CATALOGER,
    &rust_binary::CATALOGER,
    &uv_lock::CATALOGER,
    &yarn_lock::CATALOGER,
];

// Written by `cargo xtask codegen` from the files beside it. Do not edit.

mod apk;
mod dotnet;
mod dpkg;
mod npm;
mod pacman;
mod php;
mod python;
mod rpm_bdb;
mod rpm_manifest;
mod rpm_ndb;
mod rpm_sqlite;
mod ruby;

use crate::Cataloger;

/// Every cataloger, by id.
pub const ALL: &[&Cataloger] = &[
    &apk::CATALOGER,
    &dotnet::CATALOGER,
    &dpkg::CATALOGER,
    &npm::CATALOGER,
    &pacman::CATALOGER,
    &php::CATALOGER,
    &python::CATALOGER,
    &rpm_bdb::CATALOGER,
    &rpm_manifest::CATALOGER,
    &rpm_ndb::CATALOGER,
    &rpm_sqlite::CATALOGER,
    &ruby::CATALOGER,
];

// Written by `cargo xtask codegen` from the files beside it. Do not edit.

mod apk;
mod dpkg;
mod pacman;
mod rpm_bdb;
mod rpm_manifest;
mod rpm_ndb;
mod rpm_sqlite;

use crate::Cataloger;

/// Every cataloger, by id.
pub const ALL: &[&Cataloger] = &[
    &apk::CATALOGER,
    &dpkg::CATALOGER,
    &pacman::CATALOGER,
    &rpm_bdb::CATALOGER,
    &rpm_manifest::CATALOGER,
    &rpm_ndb::CATALOGER,
    &rpm_sqlite::CATALOGER,
];

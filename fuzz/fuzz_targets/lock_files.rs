#![no_main]
//! Lock files of languages.

sekisho_fuzz::fuzz_one_of! {
    "app/Cargo.lock",
    "app/go.mod",
    "app/package-lock.json",
    "app/yarn.lock",
    "app/pnpm-lock.yaml",
    "app/poetry.lock",
    "app/uv.lock",
    "app/Pipfile.lock",
    "app/requirements.txt",
    "app/Gemfile.lock",
    "app/composer.lock",
    "app/gradle.lockfile",
    "app/pom.xml",
    "app/bun.lock",
    "app/pdm.lock",
    "app/packages.lock.json",
}

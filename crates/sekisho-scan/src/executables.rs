//! The executables of the merged view, each with what is known of it.

use std::collections::{BTreeMap, BTreeSet};

use sekisho_image::{ImageConfig, Node};
use sekisho_types::{Digest, Executable, ExecutableFormat, ImagePath, Linkage};

use crate::{
    facts::ExecutableFile, libraries::Loader, packages::Owners, reach::Reach, stack::Stack,
};

/// All of them, sorted by path.
pub(crate) fn executables(
    stack: &Stack,
    owners: &Owners,
    config: Option<&ImageConfig>,
) -> Vec<Executable> {
    let found = stack.executables();
    let by_path: BTreeMap<&ImagePath, &ExecutableFile> =
        found.iter().map(|(_, file, _)| (&file.path, *file)).collect();
    let env = config.map(|config| config.env.as_slice()).unwrap_or_default();
    let mut loader = Loader::new(stack, by_path.clone(), env);
    let reach = config.and_then(|config| Reach::new(stack, &by_path, &mut loader, config));
    // Those few that somebody asks for; an image has a hundred thousand others.
    let needed: BTreeSet<&[u8]> =
        found.iter().flat_map(|(_, file, _)| &file.facts.needed).map(String::as_bytes).collect();
    let names = stack.squashed.iter().map(|(path, _)| path.file_name());
    let names: BTreeSet<&[u8]> = names.filter(|name| needed.contains(name)).collect();
    found
        .iter()
        .map(|(layer, file, node)| {
            let mut executable = describe(file, node, stack.diff_id(*layer));
            executable.package = owners.any(&file.path).map(str::to_owned);
            executable.missing = missing(file, &mut loader, &names);
            executable.unneeded = reach.as_ref().and_then(|reach| reach.unneeded(file));
            executable
        })
        .collect()
}

fn describe(file: &ExecutableFile, node: &Node, layer: Option<Digest>) -> Executable {
    let facts = &file.facts;
    Executable {
        path: file.path.to_string(),
        format: facts.format,
        size_bytes: node.size_bytes,
        sha256: Digest::Sha256(file.sha256).to_hex(),
        mode: format!("{:04o}", node.mode),
        uid: node.uid,
        gid: node.gid,
        setuid: node.mode & 0o4000 != 0,
        setgid: node.mode & 0o2000 != 0,
        capabilities: file.capabilities.clone(),
        linkage: facts.linkage,
        interpreter: facts.interpreter.clone(),
        needed: facts.needed.clone(),
        missing: Vec::new(),
        pie: facts.pie,
        relro: facts.relro,
        nx: facts.nx,
        package: None,
        layer,
        unneeded: None,
    }
}

/// Needed libraries that a program would not find. A library may find its own through the
/// program that loads it, so for a library only what is nowhere in the image is missing.
fn missing(file: &ExecutableFile, loader: &mut Loader<'_>, names: &BTreeSet<&[u8]>) -> Vec<String> {
    if file.facts.format != ExecutableFormat::Elf {
        return Vec::new();
    }
    let is_program = file.facts.linkage == Some(Linkage::Dynamic);
    let is_there = |name: &str, loader: &mut Loader<'_>| {
        Loader::is_built_in(file, name)
            || loader.find(file, name).is_some()
            || (!is_program && names.contains(name.as_bytes()))
    };
    file.facts.needed.iter().filter(|name| !is_there(name, loader)).cloned().collect()
}

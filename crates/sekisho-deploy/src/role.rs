/// The name of a role, of its ARN or its name: an API takes either. A role that is made in the
/// same template is named by what it is called there.
pub(crate) fn role_name(role: &str) -> &str {
    match role.split_once(":role/") {
        Some((_, path)) => path.rsplit('/').next().unwrap_or(path),
        None => role,
    }
}

use crate::node::is_whole;

/// Whether a user is root, by name or number, its group left out; none where it cannot be known.
pub(crate) fn is_root(user: &str) -> Option<bool> {
    let name = user.split(':').next().unwrap_or_default().trim();
    if !is_whole(name) {
        return None;
    }
    Some(name == "root" || name.parse::<u32>() == Ok(0))
}

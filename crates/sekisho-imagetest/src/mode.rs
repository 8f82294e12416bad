use sekisho_image::NodeKind;

/// The mode of a file as `FileMode.String` of Go prints it: `urwxr-xr-x`, `dtrwxrwxrwx`.
pub(crate) fn mode_string(kind: &NodeKind, mode: u16) -> String {
    let letters = [
        ('d', *kind == NodeKind::Directory),
        ('L', matches!(kind, NodeKind::Symlink(_))),
        ('D', matches!(kind, NodeKind::CharDevice | NodeKind::BlockDevice)),
        ('p', *kind == NodeKind::Fifo),
        ('u', mode & 0o4000 != 0),
        ('g', mode & 0o2000 != 0),
        ('c', *kind == NodeKind::CharDevice),
        ('t', mode & 0o1000 != 0),
    ];
    let mut shown: String = letters.iter().filter(|(_, is_set)| *is_set).map(|it| it.0).collect();
    if shown.is_empty() {
        shown.push('-');
    }
    for (bit, letter) in (0..9).rev().zip("rwxrwxrwx".chars()) {
        shown.push(if mode >> bit & 1 == 1 { letter } else { '-' });
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_printed_as_go_prints_them() {
        for (kind, mode, want) in [
            (NodeKind::File, 0o644, "-rw-r--r--"),
            (NodeKind::File, 0o4755, "urwxr-xr-x"),
            (NodeKind::File, 0o6711, "ugrwx--x--x"),
            (NodeKind::Directory, 0o1777, "dtrwxrwxrwx"),
            (NodeKind::Directory, 0o2775, "dgrwxrwxr-x"),
            (NodeKind::Symlink(Box::default()), 0o777, "Lrwxrwxrwx"),
            (NodeKind::CharDevice, 0o666, "Dcrw-rw-rw-"),
            (NodeKind::BlockDevice, 0o660, "Drw-rw----"),
            (NodeKind::Fifo, 0, "p---------"),
        ] {
            assert_eq!(mode_string(&kind, mode), want);
        }
    }
}

use sekisho_types::FileCapabilities;

use crate::CatalogError;

/// Names by number.
///
/// # Source
///
/// linux/capability.h of Linux 6.12; the last one came with 5.9.
const NAMES: [&str; 41] = [
    "cap_chown",
    "cap_dac_override",
    "cap_dac_read_search",
    "cap_fowner",
    "cap_fsetid",
    "cap_kill",
    "cap_setgid",
    "cap_setuid",
    "cap_setpcap",
    "cap_linux_immutable",
    "cap_net_bind_service",
    "cap_net_broadcast",
    "cap_net_admin",
    "cap_net_raw",
    "cap_ipc_lock",
    "cap_ipc_owner",
    "cap_sys_module",
    "cap_sys_rawio",
    "cap_sys_chroot",
    "cap_sys_ptrace",
    "cap_sys_pacct",
    "cap_sys_admin",
    "cap_sys_boot",
    "cap_sys_nice",
    "cap_sys_resource",
    "cap_sys_time",
    "cap_sys_tty_config",
    "cap_mknod",
    "cap_lease",
    "cap_audit_write",
    "cap_audit_control",
    "cap_setfcap",
    "cap_mac_override",
    "cap_mac_admin",
    "cap_syslog",
    "cap_wake_alarm",
    "cap_block_suspend",
    "cap_audit_read",
    "cap_perfmon",
    "cap_bpf",
    "cap_checkpoint_restore",
];

const EFFECTIVE: u32 = 1;

/// Reads the extended attribute `security.capability`.
///
/// # Errors
///
/// On an unknown revision or a wrong length.
///
/// # Source
///
/// `struct vfs_cap_data` and `vfs_ns_cap_data` of linux/capability.h: little-endian words, first
/// revision and flags, then permitted and inheritable by turns, and in revision 3 a user id.
pub fn file_capabilities(attribute: &[u8]) -> Result<FileCapabilities, CatalogError> {
    let damaged = |what| CatalogError::Damaged { what, offset: 0 };
    let (words, rest) = attribute.as_chunks::<4>();
    let words: Vec<u32> = words.iter().map(|word| u32::from_le_bytes(*word)).collect();
    if !rest.is_empty() {
        return Err(damaged("capability attribute of an odd length"));
    }
    let (permitted, inheritable, root_uid) = match words.as_slice() {
        [magic, p, i] if magic >> 24 == 1 => (u64::from(*p), u64::from(*i), None),
        [magic, p0, i0, p1, i1] if magic >> 24 == 2 => (join(*p0, *p1), join(*i0, *i1), None),
        [magic, p0, i0, p1, i1, uid] if magic >> 24 == 3 => {
            (join(*p0, *p1), join(*i0, *i1), Some(*uid))
        }
        _ => return Err(damaged("capability attribute of an unknown revision")),
    };
    let effective = words.first().is_some_and(|magic| magic & EFFECTIVE != 0);
    Ok(FileCapabilities {
        permitted: names(permitted),
        inheritable: names(inheritable),
        effective,
        root_uid,
    })
}

fn join(low: u32, high: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

fn names(set: u64) -> Vec<String> {
    (0..64_usize)
        .filter(|bit| set >> bit & 1 == 1)
        .map(|bit| NAMES.get(bit).map_or_else(|| format!("cap_{bit}"), |name| (*name).to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_revision_is_read() {
        // What `setcap cap_net_raw+ep` writes.
        let ping = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let read = file_capabilities(&ping).unwrap();
        assert_eq!(read.permitted, ["cap_net_raw"]);
        assert!(read.effective && read.inheritable.is_empty() && read.root_uid.is_none());
        let rooted = [&[0, 0, 0, 3], &ping[4..], &1000_u32.to_le_bytes()].concat();
        let read = file_capabilities(&rooted).unwrap();
        assert_eq!((read.effective, read.root_uid), (false, Some(1000)));
        let old = [1, 0, 0, 1, 0, 0x20, 0, 0, 1, 0, 0, 0];
        assert_eq!(file_capabilities(&old).unwrap().inheritable, ["cap_chown"]);
    }

    #[test]
    fn a_damaged_attribute_is_an_error() {
        for attribute in [&b""[..], b"\x01", b"\0\0\0\x02", b"\0\0\0\x09\0\0\0\0\0\0\0\0"] {
            assert!(file_capabilities(attribute).is_err());
        }
    }
}

//! Users and groups, as far as checks want to know them.
//!
//! # Source
//!
//! passwd(5), shadow(5), group(5), crypt(5).

use serde::{Deserialize, Serialize};

/// Most accounts that are kept; real images have a few dozen.
const MAX_ACCOUNTS: usize = 10_000;

/// The account files of an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounts {
    /// Whether there is an `etc/passwd` at all.
    pub has_passwd: bool,
    pub users: Vec<Account>,
    pub groups: Vec<Account>,
    pub passwords: Vec<Password>,
}

/// A user or a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub name: String,
    pub id: u32,
}

/// What a line of `etc/shadow` or `etc/passwd` allows; the hash itself is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Password {
    pub name: String,
    /// From 1.
    pub line: u64,
    /// `etc/shadow`, or `etc/passwd` where the hash stands there.
    pub path: String,
    pub state: PasswordState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PasswordState {
    /// Anyone may log in without a password.
    Empty,
    /// No password fits.
    Locked,
    /// A method that a graphics card tries out in hours: traditional DES, MD5, LM.
    Weak,
    Strong,
}

impl Accounts {
    /// Reads the files; lines that are none of theirs are passed over, as the C library does.
    pub(crate) fn parse(
        passwd: Option<&[u8]>,
        shadow: Option<&[u8]>,
        group: Option<&[u8]>,
    ) -> Self {
        let mut accounts = Self { has_passwd: passwd.is_some(), ..Self::default() };
        let passwd = String::from_utf8_lossy(passwd.unwrap_or_default());
        for (line, fields) in lines(&passwd) {
            let (Some(&name), Some(&password), Some(&id)) =
                (fields.first(), fields.get(1), fields.get(2))
            else {
                continue;
            };
            let Ok(id) = id.parse() else { continue };
            accounts.users.push(Account { name: name.to_owned(), id });
            // An `x` sends the reader to the shadow file.
            if password != "x" {
                accounts.passwords.push(Password::new(name, line, "etc/passwd", password));
            }
        }
        let shadow = String::from_utf8_lossy(shadow.unwrap_or_default());
        for (line, fields) in lines(&shadow) {
            if let (Some(&name), Some(&password)) = (fields.first(), fields.get(1)) {
                accounts.passwords.push(Password::new(name, line, "etc/shadow", password));
            }
        }
        let group = String::from_utf8_lossy(group.unwrap_or_default());
        for (_, fields) in lines(&group) {
            if let (Some(&name), Some(Ok(id))) =
                (fields.first(), fields.get(2).map(|id| id.parse()))
            {
                accounts.groups.push(Account { name: name.to_owned(), id });
            }
        }
        accounts
    }

    /// The user that a `USER` instruction means.
    pub(crate) fn user(&self, name_or_id: &str) -> Option<&Account> {
        let is_meant = |user: &&Account| {
            user.name == name_or_id || name_or_id.parse::<u32>().is_ok_and(|id| id == user.id)
        };
        self.users.iter().find(is_meant)
    }
}

impl Password {
    fn new(name: &str, line: u64, path: &str, password: &str) -> Self {
        let state = PasswordState::of(password);
        Self { name: name.to_owned(), line, path: path.to_owned(), state }
    }
}

impl PasswordState {
    fn of(password: &str) -> Self {
        match password {
            "" => Self::Empty,
            locked if locked.starts_with(['!', '*']) || locked == "x" => Self::Locked,
            hash if is_weak(hash) => Self::Weak,
            hash if hash.starts_with(['$', '_']) => Self::Strong,
            // Neither a hash nor a lock: nothing that is typed hashes to it.
            _ => Self::Locked,
        }
    }
}

/// A file of passwords without its hashes: each is replaced by a word of the same method, so that
/// what is cached gives nothing away and is judged alike.
pub fn without_hashes(content: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(content);
    let mut kept = String::with_capacity(text.len());
    for line in text.lines() {
        let mut fields: Vec<&str> = line.split(':').collect();
        if let Some(password) = fields.get_mut(1) {
            *password = match PasswordState::of(password) {
                PasswordState::Empty => "",
                PasswordState::Locked if *password == "x" => "x",
                PasswordState::Locked => "*",
                PasswordState::Weak => "$1$",
                PasswordState::Strong => "$6$",
            };
        }
        kept.push_str(&fields.join(":"));
        kept.push('\n');
    }
    kept.into_bytes()
}

/// Methods that crypt(5) marks as not for new hashes.
fn is_weak(hash: &str) -> bool {
    let is_des = hash.len() == 13
        && hash.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '.' | '/'));
    let is_extended_des = hash.len() == 20 && hash.starts_with('_');
    is_des || is_extended_des || ["$1$", "$3$", "$md5"].iter().any(|id| hash.starts_with(id))
}

/// The lines of a file of fields, with their numbers; comments and empty lines are left out.
fn lines(text: &str) -> impl Iterator<Item = (u64, Vec<&str>)> {
    (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(number, line)| (number, line.split(':').collect()))
        .take(MAX_ACCOUNTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(shadow: &str) -> Vec<PasswordState> {
        let accounts = Accounts::parse(None, Some(shadow.as_bytes()), None);
        accounts.passwords.iter().map(|password| password.state).collect()
    }

    #[test]
    fn passwords_are_judged_by_their_method() {
        use PasswordState::{Empty, Locked, Strong, Weak};
        let shadow = "root::19700:0:\nlocked:!:1\nnone:*:1\nsuspended:!$6$salt$hash:1\n\
                      des:aaXqz2Bc4d.Q/:1\nmd5:$1$salt$hash:1\nsha:$6$salt$hash:1\nyes:$y$j9T$x:1\n";
        let want = [Empty, Locked, Locked, Locked, Weak, Weak, Strong, Strong];
        assert_eq!(states(shadow), want);
        let kept = String::from_utf8(without_hashes(shadow.as_bytes())).unwrap();
        assert_eq!(states(&kept), want);
        assert!(!kept.contains("hash"), "{kept}");
    }

    #[test]
    fn a_user_is_found_by_name_and_by_number() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/:/bin/false\nbroken\n";
        let accounts = Accounts::parse(Some(passwd.as_bytes()), None, Some(b"app:x:1000:\n"));
        assert_eq!(accounts.user("app"), accounts.user("1000"));
        assert_eq!(accounts.user("nobody"), None);
        assert_eq!((accounts.users.len(), accounts.groups.len()), (2, 1));
    }
}

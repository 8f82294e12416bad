//! Programs that give rights to whoever starts them.

use sekisho_check::{Failure, Message, Outcome};
use sekisho_types::Severity;

use crate::{ImageSubject, places::NO_FILES, subject::at};

/// Fails for each program with `bit` in its mode.
pub(crate) fn with_bit(image: &ImageSubject, bit: u16) -> Outcome {
    if image.config.is_some() && image.layers.is_empty() {
        return NO_FILES;
    }
    let places = image.files.setuid.iter().filter(|place| place.mode & bit != 0);
    let failures = places.map(|place| {
        let package = image.package_of(&place.path);
        let (severity, en, ja) = match &package {
            Some(package) => {
                let (name, version) = (&package.name, &package.version);
                let from = format!("from {name} {version}");
                (Severity::Info, from, format!("{name} {version} のもの"))
            }
            None => {
                let (en, ja) = ("in no package", "パッケージに属さない");
                (Severity::High, en.to_owned(), ja.to_owned())
            }
        };
        let (mode, uid, gid) = (place.mode, place.uid, place.gid);
        let message = Message::new(
            format!("mode {mode:04o}, owner {uid}:{gid}, {en}"),
            format!("モード {mode:04o}、所有者 {uid}:{gid}、{ja}"),
        );
        Failure { severity: Some(severity), package, ..at(place, message) }
    });
    Outcome::of(failures.collect())
}

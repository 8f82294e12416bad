//! Which part of the database speaks of the packages of a distribution.
//!
//! # Source
//!
//! The ids of os-release(5) as each distribution ships them; the names of releases in the Open
//! Source Vulnerability format, "Defined ecosystems".

use sekisho_types::OsRelease;

/// Which name of a package its distribution's advisories use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Basis {
    /// The source package.
    Source,
    /// The package itself.
    Binary,
    /// The package where there is a fix, and the source package where there is none.
    BinaryThenSource,
}

/// One distribution, whose id is one of `ids`.
#[derive(Debug)]
pub(crate) struct Distribution {
    ids: &'static [&'static str],
    /// As OSV spells it.
    pub(crate) ecosystem: &'static str,
    pub(crate) basis: Basis,
    /// Names that the supplier of one of its own rpm packages contains; none where suppliers do
    /// not tell.
    pub(crate) suppliers: &'static [&'static str],
    /// Whether a release that the database holds is the one of an image.
    takes: fn(&OsRelease, &str) -> bool,
    /// The name of its release, for what is said to people.
    name: fn(&OsRelease) -> String,
}

const DISTRIBUTIONS: &[Distribution] = &[
    Distribution {
        ids: &["debian"],
        ecosystem: "Debian",
        basis: Basis::Source,
        suppliers: &[],
        takes: |os, held| held == debian(os),
        name: debian,
    },
    Distribution {
        ids: &["ubuntu"],
        ecosystem: "Ubuntu",
        basis: Basis::Source,
        suppliers: &[],
        // `22.04` or `22.04:LTS`; the paid updates are a release of their own, `Pro:22.04:LTS`.
        takes: |os, held| held.split(':').next() == Some(&os.version),
        name: version,
    },
    Distribution {
        ids: &["alpine"],
        ecosystem: "Alpine",
        basis: Basis::Source,
        suppliers: &[],
        takes: |os, held| held == alpine(os),
        name: alpine,
    },
    Distribution {
        ids: &["wolfi"],
        ecosystem: "Wolfi",
        basis: Basis::Source,
        suppliers: &[],
        takes: any,
        name: rolling,
    },
    Distribution {
        ids: &["chainguard"],
        ecosystem: "Chainguard",
        basis: Basis::Source,
        suppliers: &[],
        takes: any,
        name: rolling,
    },
    Distribution {
        ids: &["minimos"],
        ecosystem: "MinimOS",
        basis: Basis::Source,
        suppliers: &[],
        takes: any,
        name: rolling,
    },
    Distribution {
        ids: &["echo"],
        ecosystem: "Echo",
        basis: Basis::Source,
        suppliers: &[],
        takes: any,
        name: rolling,
    },
    Distribution {
        ids: &["alpaquita"],
        ecosystem: "Alpaquita",
        basis: Basis::Source,
        suppliers: &[],
        takes: |os, held| held == version(os),
        name: version,
    },
    Distribution {
        ids: &["rhel", "centos"],
        ecosystem: "Red Hat",
        basis: Basis::BinaryThenSource,
        suppliers: &["red hat", "centos"],
        takes: red_hat,
        name: major,
    },
    Distribution {
        ids: &["rocky"],
        ecosystem: "Rocky Linux",
        basis: Basis::Source,
        suppliers: &["rocky", "resf"],
        takes: |os, held| held == major(os),
        name: major,
    },
    Distribution {
        ids: &["almalinux"],
        ecosystem: "AlmaLinux",
        basis: Basis::Binary,
        suppliers: &["almalinux"],
        takes: |os, held| held == major(os),
        name: major,
    },
    Distribution {
        ids: &["amzn"],
        ecosystem: "Amazon Linux",
        basis: Basis::Binary,
        suppliers: &["amazon"],
        takes: |os, held| held == amazon(os),
        name: amazon,
    },
    Distribution {
        ids: &["sles", "sled", "sles_sap", "sle_hpc", "sle-micro", "suse-microos"],
        ecosystem: "SUSE",
        basis: Basis::Source,
        suppliers: &["suse"],
        takes: suse,
        name: version,
    },
    Distribution {
        ids: &["opensuse-leap", "opensuse"],
        ecosystem: "openSUSE",
        basis: Basis::Source,
        suppliers: &["opensuse", "suse"],
        takes: |os, held| held.strip_prefix("Leap ") == Some(&os.version),
        name: version,
    },
    Distribution {
        ids: &["opensuse-tumbleweed"],
        ecosystem: "openSUSE",
        basis: Basis::Source,
        suppliers: &["opensuse", "suse"],
        takes: |_, held| held == "Tumbleweed",
        name: |_| "Tumbleweed".to_owned(),
    },
    Distribution {
        ids: &["azurelinux", "mariner"],
        ecosystem: "Azure Linux",
        basis: Basis::Source,
        suppliers: &["microsoft"],
        takes: |os, held| held.split('.').next() == Some(&major(os)),
        name: major,
    },
    Distribution {
        ids: &["openeuler"],
        ecosystem: "openEuler",
        basis: Basis::Source,
        suppliers: &["openeuler"],
        takes: |os, held| held.split('-').next() == Some(&os.version),
        name: version,
    },
];

impl Distribution {
    pub(crate) fn of(os: &OsRelease) -> Option<&'static Self> {
        DISTRIBUTIONS.iter().find(|known| known.ids.contains(&os.id.as_str()))
    }

    /// Those of `held` that speak of `os`; `None` among them stands for an ecosystem without
    /// releases. `has_paid_updates` for an image that was built with those of Ubuntu Pro.
    pub(crate) fn releases<'a>(
        &self,
        os: &OsRelease,
        held: &'a [Option<String>],
        has_paid_updates: bool,
    ) -> Vec<&'a Option<String>> {
        let is_paid = |held: &str| {
            let rest = held.strip_prefix("Pro:").filter(|_| has_paid_updates);
            rest.is_some_and(|rest| (self.takes)(os, rest))
        };
        held.iter()
            .filter(|held| match held {
                // Releases do not tell, or there are none.
                None => (self.takes)(os, ""),
                Some(held) => (self.takes)(os, held) || is_paid(held),
            })
            .collect()
    }

    /// Whether its feeds list updates, and say nothing of what has none.
    pub(crate) fn is_fixed_only(&self) -> bool {
        !["Debian", "Ubuntu", "Red Hat"].contains(&self.ecosystem)
    }

    /// As people call it: `Debian 12`.
    pub(crate) fn full_name(&self, os: &OsRelease) -> String {
        format!("{} {}", self.ecosystem, (self.name)(os)).trim_end().to_owned()
    }
}

fn any(_: &OsRelease, _: &str) -> bool {
    true
}

fn rolling(_: &OsRelease) -> String {
    String::new()
}

fn version(os: &OsRelease) -> String {
    os.version.clone()
}

fn major(os: &OsRelease) -> String {
    os.version.split('.').next().unwrap_or_default().to_owned()
}

/// The number of a release; of those that have none yet, by their name.
fn debian(os: &OsRelease) -> String {
    const CODENAMES: [(&str, &str); 8] = [
        ("stretch", "9"),
        ("buster", "10"),
        ("bullseye", "11"),
        ("bookworm", "12"),
        ("trixie", "13"),
        ("forky", "14"),
        ("duke", "15"),
        ("sid", "sid"),
    ];
    if !os.version.is_empty() {
        return major(os);
    }
    let codename = os.codename.as_deref().unwrap_or_default();
    let known = CODENAMES.iter().find(|(name, _)| *name == codename);
    known.map_or(codename, |(_, number)| number).to_owned()
}

/// `v3.20`; a version of days, `3.21.0_alpha20240807`, is of the release that is being made.
fn alpine(os: &OsRelease) -> String {
    if os.version.contains("_alpha") || os.version == "edge" {
        return "edge".to_owned();
    }
    let mut parts = os.version.trim_start_matches('v').split('.');
    match (parts.next(), parts.next()) {
        (Some(major), Some(minor)) => format!("v{major}.{minor}"),
        _ => os.version.clone(),
    }
}

/// The first one was called by the month of its packages.
fn amazon(os: &OsRelease) -> String {
    match major(os).as_str() {
        "2014" | "2015" | "2016" | "2017" | "2018" => "1".to_owned(),
        major => major.to_owned(),
    }
}

/// `enterprise_linux:9::baseos`, `enterprise_linux:9`; not the products that are laid over it, nor
/// the extended support of a minor release, which an image does not tell.
fn red_hat(os: &OsRelease, held: &str) -> bool {
    let Some(rest) = held.strip_prefix("enterprise_linux:") else { return held == major(os) };
    rest.split([':', '.']).next() == Some(&major(os))
}

/// `Linux Enterprise Server 15 SP5`, `Linux Enterprise Module for Basesystem 15 SP5`.
fn suse(os: &OsRelease, held: &str) -> bool {
    let (major, minor) = os.version.split_once('.').unwrap_or((&os.version, "0"));
    if os.id.contains("micro") {
        return held.starts_with("Linux Enterprise Micro ")
            && held.ends_with(&format!(" {}", os.version));
    }
    let is_other = ["Micro", "Live Patching", "Manager"].iter().any(|word| held.contains(word));
    let held = held.split("-LTSS").next().unwrap_or(held).trim_end_matches("-ESPOS");
    let end = match minor {
        "0" => format!(" {major}"),
        minor => format!(" {major} SP{minor}"),
    };
    !is_other && held.starts_with("Linux Enterprise ") && held.ends_with(&end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those of `held` that are taken for an image of this os-release.
    fn taken(id: &str, version: &str, codename: &str, held: &[&str]) -> String {
        let os = OsRelease {
            id: id.to_owned(),
            version: version.to_owned(),
            codename: Some(codename.to_owned()),
            ..OsRelease::default()
        };
        let Some(distribution) = Distribution::of(&os) else { return "unknown".to_owned() };
        let held: Vec<Option<String>> =
            held.iter().map(|held| (!held.is_empty()).then(|| (*held).to_owned())).collect();
        let taken = distribution.releases(&os, &held, false);
        let taken: Vec<&str> = taken.iter().map(|held| held.as_deref().unwrap_or("all")).collect();
        format!("{}: {}", distribution.full_name(&os), taken.join(", "))
    }

    #[test]
    fn each_distribution_has_names_of_its_own_for_releases() {
        let debian = ["11", "12", "13"];
        assert_eq!(taken("debian", "12", "", &debian), "Debian 12: 12");
        assert_eq!(taken("debian", "12.5", "", &debian), "Debian 12: 12");
        assert_eq!(taken("debian", "", "trixie", &debian), "Debian 13: 13");
        assert_eq!(taken("debian", "9", "", &debian), "Debian 9: ");
        let ubuntu = ["22.04:LTS", "22.10", "Pro:22.04:LTS"];
        assert_eq!(taken("ubuntu", "22.04", "", &ubuntu), "Ubuntu 22.04: 22.04:LTS");
        let alpine = ["v3.2", "v3.20", "edge"];
        assert_eq!(taken("alpine", "3.20.1", "", &alpine), "Alpine v3.20: v3.20");
        assert_eq!(taken("alpine", "3.21.0_alpha20240807", "", &alpine), "Alpine edge: edge");
        assert_eq!(taken("wolfi", "20230201", "", &[""]), "Wolfi: all");
        let red_hat = [
            "enterprise_linux:9::baseos",
            "enterprise_linux:9",
            "enterprise_linux:8",
            "rhel_eus:9.2",
        ];
        assert_eq!(
            taken("rhel", "9.3", "", &red_hat),
            "Red Hat 9: enterprise_linux:9::baseos, enterprise_linux:9"
        );
        assert_eq!(taken("amzn", "2018.03", "", &["1", "2"]), "Amazon Linux 1: 1");
        let suse = [
            "Linux Enterprise Server 15 SP5",
            "Linux Enterprise Server 15 SP5-LTSS",
            "Linux Enterprise Module for Basesystem 15 SP5",
            "Linux Enterprise Micro 5.5",
            "Linux Enterprise Server 15",
        ];
        assert_eq!(
            taken("sles", "15.5", "", &suse),
            "SUSE 15.5: Linux Enterprise Server 15 SP5, Linux Enterprise Server 15 SP5-LTSS, \
             Linux Enterprise Module for Basesystem 15 SP5"
        );
        assert_eq!(taken("sles", "15", "", &suse), "SUSE 15: Linux Enterprise Server 15");
        assert_eq!(taken("opensuse-leap", "15.5", "", &["Leap 15.5"]), "openSUSE 15.5: Leap 15.5");
        assert_eq!(taken("raspbian", "12", "", &debian), "unknown");
    }

    #[test]
    fn paid_updates_of_ubuntu_count_where_the_image_has_some() {
        let os = OsRelease {
            id: "ubuntu".to_owned(),
            version: "18.04".to_owned(),
            ..OsRelease::default()
        };
        let held = [Some("18.04:LTS".to_owned()), Some("Pro:18.04:LTS".to_owned())];
        let n = |has| Distribution::of(&os).unwrap().releases(&os, &held, has).len();
        assert_eq!((n(false), n(true)), (1, 2));
    }
}

//! Java archives that were made to harm whoever looks into them, for packages and for secrets.

use sekisho_testkit::{LayerBuilder, ZipBuilder, maven_jar, pom_properties};

use crate::{
    program::{Run, assert_peak_memory, judge_image, packages, scan_image, unknowns},
    sample::one_layer,
};

const POM: &str = "META-INF/maven/org.example/app/pom.properties";

/// Scans an image with one jar, for its packages and then for everything.
fn scan_jar(jar: &[u8]) -> Run {
    let mut layer = LayerBuilder::new();
    layer.file("opt/app.jar", jar);
    let image = one_layer(layer.finish());
    let judged = judge_image(&image);
    assert!(matches!(judged.code, 1 | 3), "exit {}: {}", judged.code, judged.stderr);
    let run = scan_image(&image);
    assert!(matches!(run.code, 0 | 3), "exit {}: {}", run.code, run.stderr);
    let all = unknowns(&judged.report());
    let known = unknowns(&run.report());
    assert!(known.iter().all(|line| all.contains(line)), "{all:?} has less than {known:?}");
    run
}

#[test]
fn what_unpacks_to_very_much_is_unknown_and_costs_little() {
    let zeros = vec![0; 100 << 20];
    for name in ["META-INF/MANIFEST.MF", POM, "lib/inner.jar", "lib/inner.war", "settings.yaml"] {
        let mut jar = maven_jar("org.example", "bomb", "1.0");
        let jar = jar.deflated(name, &zeros).finish();
        assert!(jar.len() < 1 << 20);
        let run = scan_jar(&jar);
        let report = run.report();
        assert_eq!(packages(&report), ["maven org.example:bomb 1.0"], "{name}");
        let is_looked_into = name != "settings.yaml" && name != "META-INF/MANIFEST.MF";
        let named = unknowns(&report).iter().any(|line| line.contains(name));
        assert!(named || !is_looked_into, "{name}: {report}");
    }
    drop(zeros);
    assert_peak_memory(200);
}

#[test]
fn jars_in_jars_a_thousand_deep_are_opened_to_a_limit() {
    let mut jar = maven_jar("org.example", "innermost", "1.0").finish();
    for number in 0..1000 {
        let pom = pom_properties("org.example", &format!("level-{number}"), "1.0");
        jar = ZipBuilder::new().stored(POM, pom).stored("inner.jar", jar).finish();
    }
    let run = scan_jar(&jar);
    let report = run.report();
    let unknowns = unknowns(&report);
    assert_eq!((run.code, packages(&report).len()), (3, 9), "{report}");
    let deep = "archives nested deeper than 8";
    assert!(unknowns.len() == 1 && unknowns[0].contains(deep), "{unknowns:?}");
    assert_peak_memory(150);
}

#[test]
fn sizes_that_lie_are_unknown() {
    let inner = maven_jar("org.example", "inner", "1.0").finish();
    let pom = pom_properties("org.example", "app", "1.0");
    for (name, content) in [(POM, pom.as_bytes()), ("lib/inner.jar", &inner)] {
        let size = u32::try_from(content.len()).unwrap();
        for claimed in [0, 1, size - 1, size + 1, 1 << 20, u32::MAX] {
            let jar = ZipBuilder::new().lying(name, content, claimed).finish();
            let run = scan_jar(&jar);
            let report = run.report();
            assert_eq!(run.code, 3, "{name} that claims {claimed}: {report}");
            let unknowns = unknowns(&report);
            // In the directory of an archive, 2^32 - 1 says that the size stands elsewhere.
            let place = if claimed == u32::MAX { "central directory" } else { name };
            assert!(unknowns.iter().all(|line| line.contains(place)), "{unknowns:?}");
        }
    }
    assert_peak_memory(150);
}

#[test]
fn a_jar_that_ends_early_is_unknown() {
    let jar = maven_jar("org.example", "app", "1.0").finish();
    for n in 4..jar.len() {
        if n % 7 == 0 {
            assert_eq!(scan_jar(&jar[..n]).code, 3, "{n} of {} bytes", jar.len());
        }
    }
}

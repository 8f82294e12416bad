//! Sizes of tasks: numbers, or numbers with a unit.

use crate::field::Field;

/// Units of processors, of which one has 1024: `256`, `.25 vCPU`.
pub(crate) fn cpu_units(field: &Field<String>) -> Option<i64> {
    scaled(field.whole()?, &["vcpu"], 1024.0)
}

/// MiB: `512`, `0.5 GB`.
pub(crate) fn mebibytes(field: &Field<String>) -> Option<i64> {
    scaled(field.whole()?, &["gb"], 1024.0)
}

fn scaled(text: &str, units: &[&str], factor: f64) -> Option<i64> {
    let text = text.trim().to_ascii_lowercase();
    let number = units.iter().find_map(|unit| text.strip_suffix(unit));
    let Some(number) = number else { return text.parse().ok() };
    let number: f64 = number.trim().parse().ok()?;
    let scaled = (number * factor).round();
    // Nothing that runs is larger; a cast within is exact.
    (0.0..1e9).contains(&scaled).then(|| format!("{scaled}").parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Place;

    #[test]
    fn sizes_have_units_or_not() {
        let field = |text: &str| Field::Known(text.to_owned(), Place::default());
        assert_eq!(cpu_units(&field("256")), Some(256));
        assert_eq!(cpu_units(&field(".25 vCPU")), Some(256));
        assert_eq!(mebibytes(&field("0.5GB")), Some(512));
        assert_eq!(mebibytes(&field("1e99 GB")), None);
        assert_eq!(mebibytes(&field("much")), None);
    }
}

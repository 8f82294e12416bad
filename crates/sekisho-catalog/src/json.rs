//! JSON whose shape its writers did not keep to.
//!
//! A field of an unexpected type is as good as none: one odd package must not hide its name and
//! version, or the packages beside it. What is kept is bounded while it is read.

use std::{fmt, marker::PhantomData};

use sekisho_archive::limits;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// Most strings that one value gives.
const STRINGS: usize = 64;

/// A string; none where a value of another type stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text(Option<String>);

impl Text {
    /// Empty where there is none.
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut strings = Vec::new();
        deserializer.deserialize_any(StringsVisitor { keys: &[], depth: 0, out: &mut strings })?;
        Ok(Self(strings.pop()))
    }
}

/// The strings of a value, as a licence is stated: itself; the `type` or `name` of an object;
/// those of an array of both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Strings(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for Strings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut strings = Vec::new();
        let keys = &["type", "name"];
        deserializer.deserialize_any(StringsVisitor { keys, depth: 1, out: &mut strings })?;
        Ok(Self(strings))
    }
}

struct StringsVisitor<'a> {
    keys: &'static [&'static str],
    /// How many arrays are still gone into.
    depth: u32,
    out: &'a mut Vec<String>,
}

impl<'de> Visitor<'de> for StringsVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        if self.out.len() < STRINGS {
            self.out.push(value.to_owned());
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        let Self { keys, depth, out } = self;
        match depth.checked_sub(1) {
            Some(depth) => {
                while values
                    .next_element_seed(StringsVisitor { keys, depth, out: &mut *out })?
                    .is_some()
                {}
            }
            None => while values.next_element::<IgnoredAny>()?.is_some() {},
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        let Self { keys, depth: _, out } = self;
        while let Some(key) = values.next_key::<String>()? {
            if keys.contains(&&*key) {
                let seed = StringsVisitor { keys: &[], depth: 0, out: &mut *out };
                values.next_value_seed(seed)?;
            } else {
                values.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for StringsVisitor<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// An array of at most [`limits::DATABASE_PACKAGES`] values.
#[derive(Debug)]
pub(crate) struct List<T>(pub(crate) Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<List<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = values.next_element()? {
            push(&mut list, value)?;
        }
        Ok(List(list))
    }
}

/// The members of an object, at most [`limits::DATABASE_PACKAGES`], as they stand: in their
/// order, and with keys that stand twice.
#[derive(Debug)]
pub(crate) struct Members<T>(pub(crate) Vec<(String, T)>);

impl<T> Default for Members<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Not `deserialize_map`, for which an empty value of YAML is wrong.
        deserializer.deserialize_any(MembersVisitor(PhantomData))
    }
}

struct MembersVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for MembersVisitor<T> {
    type Value = Members<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<Members<T>, E> {
        Ok(Members::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut values: A) -> Result<Members<T>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = values.next_entry()? {
            push(&mut members, member)?;
        }
        Ok(Members(members))
    }
}

fn push<T, E: serde::de::Error>(list: &mut Vec<T>, value: T) -> Result<(), E> {
    let limit = limits::DATABASE_PACKAGES;
    if list.len() >= limit {
        return Err(E::custom(format_args!("more than {limit} values in one list")));
    }
    list.push(value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_of_another_type_is_no_text() {
        for (json, want) in
            [("\"a\"", "a"), ("1", ""), ("null", ""), ("[\"a\"]", ""), ("{\"name\":\"a\"}", "")]
        {
            assert_eq!(serde_json::from_str::<Text>(json).unwrap().as_str(), want, "{json}");
        }
    }

    #[test]
    fn licences_are_found_in_every_shape() {
        let read = |json: &str| serde_json::from_str::<Strings>(json).unwrap().0.join(", ");
        for (json, want) in [
            ("\"MIT\"", "MIT"),
            ("{\"type\":\"MIT\",\"url\":\"x\"}", "MIT"),
            ("[\"MIT\",{\"type\":\"BSD\"},{\"name\":\"ISC\"},7,[\"deep\"]]", "MIT, BSD, ISC"),
            ("false", ""),
        ] {
            assert_eq!(read(json), want, "{json}");
        }
    }

    #[test]
    fn a_list_ends_at_the_limit() {
        let json = format!("[{}1]", "1,".repeat(limits::DATABASE_PACKAGES));
        let err = serde_json::from_str::<List<u8>>(&json).unwrap_err();
        assert!(err.to_string().contains("more than 200000 values in one list"), "{err}");
    }

    #[test]
    fn nesting_without_end_takes_no_stack() {
        let json = "[".repeat(100_000);
        assert!(serde_json::from_str::<Text>(&json).unwrap_err().to_string().starts_with("EOF"));
    }
}

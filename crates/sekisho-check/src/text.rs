/// A text for people that is known beforehand, in each language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    pub en: &'static str,
    pub ja: &'static str,
}

/// A text for people about one case, in each language.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    pub en: String,
    pub ja: String,
}

impl Message {
    pub fn new(en: impl Into<String>, ja: impl Into<String>) -> Self {
        Self { en: en.into(), ja: ja.into() }
    }
}

impl From<Text> for Message {
    fn from(text: Text) -> Self {
        Self::new(text.en, text.ja)
    }
}

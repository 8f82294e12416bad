use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

/// Deepest element; what is wanted stands five deep.
const MAX_DEPTH: usize = 16;

/// One update of the list, as it stands there.
#[derive(Default)]
pub(super) struct Update {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) severity: String,
    pub(super) issued: String,
    pub(super) updated: String,
    pub(super) references: Vec<Reference>,
    pub(super) packages: Vec<Package>,
}

pub(super) struct Reference {
    pub(super) id: String,
    pub(super) page: String,
}

pub(super) struct Package {
    pub(super) name: String,
    /// With the epoch where there is one.
    pub(super) version: String,
}

impl Update {
    /// Reads the element in `xml`; why it is left out is a sentence without a full stop.
    pub(super) fn parse(xml: &[u8]) -> Result<Self, String> {
        let xml = std::str::from_utf8(xml).map_err(|_| "the update is not UTF-8".to_owned())?;
        let mut reader = Reader::from_str(xml);
        let mut update = Self::default();
        let mut path: Vec<String> = Vec::new();
        let mut value = String::new();
        loop {
            let event = reader.read_event().map_err(|err| format!("no update in XML: {err}"))?;
            match event {
                Event::Start(element) => {
                    if path.len() >= MAX_DEPTH {
                        return Err("elements are nested too deep".to_owned());
                    }
                    update.open(&element)?;
                    path.push(element.local_name().as_ref().to_owned());
                    value.clear();
                }
                Event::Empty(element) => update.open(&element)?,
                Event::End(_) => {
                    update.close(&path, value.trim());
                    path.pop();
                    value.clear();
                }
                Event::Text(text) => value.push_str(&text.xml10_content()),
                Event::CData(text) => value.push_str(&text.xml10_content()),
                Event::GeneralRef(entity) => {
                    let text = quick_xml::escape::resolve_predefined_entity(&entity);
                    value.push_str(text.unwrap_or(" "));
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => (),
                Event::Eof if path.is_empty() => return Ok(update),
                Event::Eof => return Err("the update ends within an element".to_owned()),
            }
        }
    }

    /// Takes what the attributes of an element say.
    fn open(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        match element.local_name().as_ref() {
            "issued" => self.issued = attribute(element, "date")?,
            "updated" => self.updated = attribute(element, "date")?,
            "reference" => {
                let (id, page) = (attribute(element, "id")?, attribute(element, "href")?);
                self.references.push(Reference { id, page });
            }
            "package" => {
                let version = format!(
                    "{}-{}",
                    attribute(element, "version")?,
                    attribute(element, "release")?
                );
                let version = match attribute(element, "epoch")?.as_str() {
                    "" | "0" => version,
                    epoch => format!("{epoch}:{version}"),
                };
                self.packages.push(Package { name: attribute(element, "name")?, version });
            }
            _ => (),
        }
        Ok(())
    }

    fn close(&mut self, path: &[String], value: &str) {
        let [_, field] = path else { return };
        let field = match field.as_str() {
            "id" => &mut self.id,
            "title" => &mut self.title,
            "description" => &mut self.description,
            "severity" => &mut self.severity,
            _ => return,
        };
        value.clone_into(field);
    }
}

/// The value of an attribute; empty where it is not there.
fn attribute(element: &BytesStart<'_>, name: &str) -> Result<String, String> {
    let wrong = |err: &dyn std::fmt::Display| format!("no update in XML: {err}");
    match element.try_get_attribute(name).map_err(|err| wrong(&err))? {
        None => Ok(String::new()),
        Some(attribute) => quick_xml::escape::unescape(&attribute.value)
            .map(std::borrow::Cow::into_owned)
            .map_err(|err| wrong(&err)),
    }
}

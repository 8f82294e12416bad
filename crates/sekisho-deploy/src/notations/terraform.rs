//! Terraform: the resources of a directory, with what its locals and variables say.
//!
//! A variable stands for its default, since that is what is deployed when nobody says otherwise.
//! Anything that Terraform would have to ask somebody for is unknown.

mod expressions;

use std::{collections::BTreeMap, path::Path};

use hcl_edit::{
    Span as _,
    structure::{Block, Body, Structure},
};

use crate::{
    Deployment, json,
    node::{Entry, Node, Value},
    problem::Problem,
    read,
    resource::{Resource, ResourceKind},
    source::{Place, Source},
    task::{Notation, Task},
};

use expressions::Scope;

/// What belongs to Terraform itself in a resource.
const META: &[&str] = &[
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "provider",
    "region",
    "skip_destroy",
    "tags_all",
    "timeouts",
    "track_latest",
];

/// Blocks of a task definition of which there may be many, and what the API calls them.
const LISTS: &[(&str, &str)] = &[
    ("volume", "volumes"),
    ("inference_accelerator", "inferenceAccelerators"),
    ("placement_constraints", "placementConstraints"),
];

/// Whether a file is one of Terraform.
pub(super) fn is_terraform(source: &Source) -> bool {
    Path::new(&source.path).extension().is_some_and(|it| it == "tf")
        || source.text().lines().any(is_block)
}

/// Whether a line starts a block that stands in files of Terraform alone.
pub(crate) fn is_block(line: &str) -> bool {
    ["locals {", "module \"", "resource \"aws_", "variable \""]
        .iter()
        .any(|start| line.starts_with(start))
}

/// Reads the files of Terraform, those of one directory together.
pub(super) fn read(deployment: &mut Deployment) {
    let mut directories: BTreeMap<&str, Vec<(usize, Body)>> = BTreeMap::new();
    let mut problems = Vec::new();
    for (file, source) in deployment.sources.iter().enumerate() {
        if !is_terraform(source) {
            continue;
        }
        let directory = source.path.rsplit_once('/').map_or("", |(directory, _)| directory);
        match hcl_edit::parser::parse_body(source.text()) {
            Ok(body) => directories.entry(directory).or_default().push((file, body)),
            Err(err) => {
                let at = err.location().offset();
                let text = format!("HCL: {}", err.message());
                problems.push(Problem::new(Place::new(file, at, at), text.clone(), text));
            }
        }
    }
    let found: Vec<Found> =
        directories.values().map(|files| find(files, &deployment.sources)).collect();
    for Found { tasks, resources } in found {
        deployment.tasks.extend(tasks);
        deployment.resources.extend(resources);
    }
    deployment.problems.extend(problems);
}

/// What the files of a directory make.
#[derive(Default)]
struct Found {
    tasks: Vec<Task>,
    resources: Vec<Resource>,
}

/// What the files of a directory make.
fn find(files: &[(usize, Body)], sources: &[Source]) -> Found {
    let scope = Scope::new(files, sources);
    let mut found = Found::default();
    for (file, body) in files {
        for block in body.blocks().filter(|block| block.has_ident("resource")) {
            let [kind, name] = block.labels.as_slice() else { continue };
            if scope.is_never_made(*file, block) {
                continue;
            }
            if let Some(kind) = ResourceKind::named(kind.as_str()) {
                let node = structure(&scope, *file, &block.body, place(*file, block.span()), 0);
                let (name, place) = (name.as_str().to_owned(), place(*file, name.span()));
                found.resources.push(Resource { kind, name, place, node });
            }
            if kind.as_str() != "aws_ecs_task_definition" {
                continue;
            }
            let node = definition(&scope, *file, block);
            let mut task = read::task(&node, Notation::Terraform, name.as_str());
            if node.get("family").is_none_or(Node::is_unknown) {
                task.place = place(*file, name.span());
            }
            found.tasks.push(task);
        }
    }
    found
}

pub(super) fn place(file: usize, span: Option<std::ops::Range<usize>>) -> Place {
    let span = span.unwrap_or_default();
    Place::new(file, span.start, span.end)
}

/// The resource in the words of the API.
fn definition(scope: &Scope<'_>, file: usize, block: &Block) -> Node {
    let mut node = structure(scope, file, &block.body, place(file, block.span()), 0);
    let Value::Map(entries) = &mut node.value else { return node };
    entries.retain(|entry| !META.iter().any(|meta| camel(meta) == entry.key));
    for entry in entries.iter_mut() {
        if let Some((_, name)) = LISTS.iter().find(|(block, _)| camel(block) == entry.key) {
            (*name).clone_into(&mut entry.key);
        } else if entry.key == "tags" {
            entry.value = pairs(&entry.value, "key");
        } else if entry.key == "containerDefinitions" {
            entry.value = containers(&entry.value);
        } else if let Value::List(items) = &entry.value.value
            && let [only] = items.as_slice()
            && (only.is_map() || only.is_unknown())
        {
            // A block that may be there once.
            entry.value = only.clone();
        }
        if entry.key == "volumes" {
            for volume in entry.value.items_mut() {
                mend_volume(volume);
            }
        }
        if entry.key == "proxyConfiguration" {
            for entry in entry.value.entries_mut().iter_mut().filter(|it| it.key == "properties") {
                entry.value = pairs(&entry.value, "name");
            }
        }
    }
    node
}

/// The containers, which are JSON in a text where nothing encodes them.
fn containers(node: &Node) -> Node {
    match &node.value {
        Value::Text(text) if !node.is_unknown() => {
            json::read_embedded(text, node.place).unwrap_or_else(|| Node::unknown(node.place))
        }
        _ => node.clone(),
    }
}

/// A map as a list of names and values.
fn pairs(node: &Node, name: &str) -> Node {
    if !node.is_map() {
        return node.clone();
    }
    let items = node.entries().iter().map(|entry| {
        let key = Node::text(entry.key.clone(), entry.key_place);
        let pair = [(name, key), ("value", entry.value.clone())].map(|(key, value)| Entry {
            key: key.to_owned(),
            key_place: entry.key_place,
            value,
        });
        Node::map(pair.into(), entry.key_place)
    });
    Node::new(Value::List(items.collect()), node.place)
}

/// Brings a volume into the shape of the API.
fn mend_volume(volume: &mut Node) {
    for entry in volume.entries_mut() {
        if entry.key == "hostPath" {
            "host".clone_into(&mut entry.key);
            let path = Entry {
                key: "sourcePath".to_owned(),
                key_place: entry.key_place,
                value: entry.value.clone(),
            };
            entry.value = Node::map(vec![path], entry.value.place);
        } else if entry.key == "configureAtLaunch" {
            "configuredAtLaunch".clone_into(&mut entry.key);
        } else if let Value::List(items) = &entry.value.value
            && let [only] = items.as_slice()
            && only.is_map()
        {
            entry.value = only.clone();
            for inner in entry.value.entries_mut() {
                let block = inner.value.items().first().filter(|it| it.is_map()).cloned();
                if let Some(only) = block {
                    inner.value = only;
                }
            }
        }
    }
}

/// A body: its attributes, and a list for each kind of block.
fn structure(scope: &Scope<'_>, file: usize, body: &Body, whole: Place, depth: usize) -> Node {
    let mut entries: Vec<Entry> = Vec::new();
    for part in body {
        match part {
            Structure::Attribute(attribute) => entries.push(Entry {
                key: camel(attribute.key.as_str()),
                key_place: place(file, attribute.key.span()),
                value: scope.evaluate(file, &attribute.value),
            }),
            Structure::Block(block) => {
                let key_place = place(file, block.ident.span());
                let (key, value) = match block.labels.as_slice() {
                    [label] if block.has_ident("dynamic") => {
                        (camel(label.as_str()), Node::unknown(key_place))
                    }
                    _ if depth >= crate::node::MAX_DEPTH => continue,
                    _ => {
                        let place = place(file, block.span());
                        let value = structure(scope, file, &block.body, place, depth + 1);
                        (camel(block.ident.as_str()), value)
                    }
                };
                match entries.iter_mut().find(|entry| entry.key == key) {
                    Some(Entry { value: Node { value: Value::List(items), .. }, .. }) => {
                        items.push(value);
                    }
                    Some(_) => (),
                    None => {
                        let value = Node::new(Value::List(vec![value]), key_place);
                        entries.push(Entry { key, key_place, value });
                    }
                }
            }
        }
    }
    Node::map(entries, whole)
}

/// `size_in_gib` as the API writes it.
fn camel(name: &str) -> String {
    if name == "size_in_gib" {
        return "sizeInGiB".to_owned();
    }
    let mut made = String::new();
    let mut is_new = false;
    for char in name.chars() {
        match char {
            '_' => is_new = true,
            char if is_new => {
                made.push(char.to_ascii_uppercase());
                is_new = false;
            }
            char => made.push(char),
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use crate::{Deployment, Settings};

    /// Image, user and memory of each container, and the lines of their names.
    fn shown(files: &[(&str, &str)]) -> String {
        let files: Vec<(&str, &[u8])> =
            files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
        let deployment = Deployment::read(&files, Settings::default());
        let mut lines: Vec<String> = deployment
            .problems
            .iter()
            .map(|problem| {
                let source = &deployment.sources[problem.place.file];
                format!("{}:{}", source.path, source.line(problem.place.span.start))
            })
            .collect();
        for task in &deployment.tasks {
            for container in &task.containers {
                let image = container.image.text().map(crate::node::shown);
                let image = image.unwrap_or_else(|| "?".to_owned());
                let line =
                    deployment.sources[container.place.file].line(container.place.span.start);
                let (user, memory) = (container.user.text(), container.memory.known());
                lines.push(format!(
                    "{}/{} {image} {user:?} {memory:?}, line {line}",
                    task.name, container.name
                ));
            }
        }
        lines.join("\n")
    }

    #[test]
    fn locals_and_defaults_of_variables_are_worked_out() {
        let main = r#"
locals {
  user = var.is_prod ? "10001" : "root"
  more = merge({ a = 1 }, { memory = 512 })
}
resource "aws_ecs_task_definition" "task" {
  family = "shop"
  container_definitions = jsonencode(concat([
    {
      name   = "web"
      image  = "${aws_ecr_repository.shop.repository_url}:${var.tag}"
      user   = local.user
      memory = local.more.memory
    },
  ], [{ "name" : "car", "image" : var.image }]))
}
"#;
        let variables = r#"
variable "tag" { default = "1.4.2" }
variable "is_prod" {
  type    = bool
  default = true
}
variable "image" {}
"#;
        insta::assert_snapshot!(shown(&[("a/main.tf", main), ("a/variables.tf", variables)]), @r#"
        shop/web …:1.4.2 Some("10001") Some(512), line 10
        shop/car ? None None, line 15
        "#);
    }

    #[test]
    fn json_in_a_heredoc_keeps_its_lines() {
        let main = r#"
resource "aws_ecs_task_definition" "task" {
  family                = "shop"
  container_definitions = <<TASK
[
  {
    "name": "web",
    "image": "${var.image}:1",
    "memory": 512
  }
]
TASK
}
"#;
        insta::assert_snapshot!(shown(&[("main.tf", main)]), @"shop/web …:1 None Some(512), line 7");
    }

    #[test]
    fn what_is_never_made_and_what_is_wrong_are_told_apart() {
        let main = "resource \"aws_ecs_task_definition\" \"a\" {\n  count = 0\n}\n";
        insta::assert_snapshot!(shown(&[("main.tf", main)]), @"");
        insta::assert_snapshot!(shown(&[("main.tf", "resource {\n  a = [\n}\n")]), @"main.tf:3");
    }

    #[test]
    fn blocks_that_are_made_later_are_not_known() {
        let main = r#"
resource "aws_ecs_task_definition" "task" {
  family                = "x"
  container_definitions = jsonencode([{ name = "web", image = "a:1" }])
  dynamic "runtime_platform" {
    for_each = var.platforms
    content {}
  }
  dynamic "volume" {
    for_each = var.volumes
    content {}
  }
}
"#;
        let files = [("main.tf", main.as_bytes())];
        let deployment = Deployment::read(&files, Settings::default());
        let task = &deployment.tasks[0];
        assert!(task.mistakes.is_empty(), "{:?}", task.mistakes);
        assert!(task.volumes.is_open);
    }

    #[test]
    fn nesting_has_an_end() {
        for text in ["[", "{a=", "(", "!", "-", "\"${", "a ? b : "] {
            let main = format!("resource \"aws_x\" \"a\" {{\n  b = {}\n}}\n", text.repeat(50_000));
            assert!(shown(&[("main.tf", &main)]).starts_with("main.tf:"), "{text}");
        }
        let blocks = format!("a {{\n{}", "b {\n".repeat(50_000));
        assert!(shown(&[("main.tf", &blocks)]).starts_with("main.tf:"));
    }

    #[test]
    fn locals_that_double_each_other_are_given_up() {
        let mut main = "locals {\n  a0 = [1, 1]\n".to_owned();
        for level in 1..40 {
            let below = level - 1;
            writeln!(main, "  a{level} = [local.a{below}, local.a{below}]").unwrap();
        }
        main += "}\nresource \"aws_ecs_task_definition\" \"t\" {\n  family = \"x\"\n  \
                 container_definitions = jsonencode([{ name = local.a39, image = \"a:1\" }])\n}\n";
        insta::assert_snapshot!(shown(&[("main.tf", &main)]), @"x/ ? None None, line 41");
    }

    #[test]
    fn locals_that_name_each_other_end() {
        let main = r#"
locals {
  a = local.b
  b = local.a
}
resource "aws_ecs_task_definition" "task" {
  family                = "x"
  container_definitions = jsonencode([{ name = "web", image = local.a }])
}
"#;
        insta::assert_snapshot!(shown(&[("main.tf", main)]), @"x/web ? None None, line 8");
    }
}

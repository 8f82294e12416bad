//! Task definitions as the ECS API takes and gives them, as JSON or YAML.
//!
//! Wrappers are looked through: what `aws ecs describe-task-definition` prints, a list of such
//! answers, ecspresso's capital letters, and a list of containers on its own.

use crate::{
    Deployment,
    node::{Entry, Node, Value, shown},
    read,
    resource::{Resource, ResourceKind},
    task::Notation,
};

/// Adds the task definitions of a document; false where there is none.
pub(super) fn read(deployment: &mut Deployment, document: &Node) -> bool {
    let Some(definition) = unwrap(document) else { return read_service(deployment, document) };
    let name = deployment
        .sources
        .get(document.place.file)
        .map(|source| stem(&source.path).to_owned())
        .unwrap_or_default();
    deployment.tasks.push(read::task(&definition, Notation::TaskDefinition, &name));
    true
}

/// Adds a service as `CreateService` takes it, or an answer of `aws ecs describe-services`.
fn read_service(deployment: &mut Deployment, document: &Node) -> bool {
    let services = match document.exact("services") {
        Some(services) => services.items(),
        None => std::slice::from_ref(document),
    };
    let is_service = |node: &Node| {
        ["launchType", "networkConfiguration", "desiredCount", "capacityProviderStrategy"]
            .iter()
            .any(|key| node.exact(key).is_some())
    };
    let services: Vec<&Node> = services.iter().filter(|service| is_service(service)).collect();
    for service in &services {
        let name = service.exact("serviceName");
        deployment.resources.push(Resource {
            kind: ResourceKind::Service,
            name: name.and_then(Node::as_text).map_or_else(|| "service".to_owned(), shown),
            place: name.map_or(service.place, |name| name.place),
            node: (*service).clone(),
        });
    }
    !services.is_empty()
}

/// The definition itself.
fn unwrap(node: &Node) -> Option<Node> {
    if let Value::List(items) = &node.value {
        let is_container = |item: &Node| item.get("image").is_some() && item.get("name").is_some();
        if items.is_empty() || !items.iter().all(is_container) {
            return None;
        }
        let containers = Entry {
            key: "containerDefinitions".to_owned(),
            key_place: node.place,
            value: node.clone(),
        };
        return Some(Node::map(vec![containers], node.place));
    }
    if node.get("containerDefinitions").is_some() {
        return Some(node.clone());
    }
    let inner = node.get("taskDefinition")?;
    inner.get("containerDefinitions").is_some().then(|| inner.clone())
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or(name)
}

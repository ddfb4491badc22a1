//! `cargo xtask sbom`: what the programs are made of, as `CycloneDX` 1.5, from what Cargo and npm have locked.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::Context;
use serde_json::{Value, json};

use crate::{program::Program, repository::Repository};

/// Writes `rust.cdx.json` and `page.cdx.json` into a folder.
pub(crate) fn write(repository: &Repository, into: &Path) -> anyhow::Result<()> {
    let into = repository.root().join(into);
    fs::create_dir_all(&into).with_context(|| format!("making {}", into.display()))?;
    let words = "metadata --format-version 1 --locked --all-features";
    let metadata = Program::cargo(repository, words).read()?;
    let metadata: Value = serde_json::from_str(&metadata).context("reading Cargo's metadata")?;
    let lock = fs::read_to_string(repository.root().join("Cargo.lock"))?;
    let document = rust(&metadata, &checksums(&lock));
    save(&into.join("rust.cdx.json"), &document)?;

    let words = "sbom --sbom-format cyclonedx --package-lock-only";
    let page = Program::npm(repository, words).read()?;
    let page: Value = serde_json::from_str(&page).context("reading npm's list")?;
    save(&into.join("page.cdx.json"), &page)
}

fn save(path: &Path, document: &Value) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(document)? + "\n";
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))?;
    let count = document.get("components").and_then(Value::as_array);
    let count = count.map_or(0, Vec::len);
    println!("   {count} components in {}", path.display());
    Ok(())
}

/// Returns the checksums of a lock file, by name and version.
fn checksums(lock: &str) -> BTreeMap<(String, String), String> {
    let mut found = BTreeMap::new();
    for package in lock.split("[[package]]") {
        let value = |name: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(name))?;
            Some(line.trim_start_matches(" = ").trim_matches('"').to_owned())
        };
        if let (Some(name), Some(version), Some(sum)) =
            (value("name"), value("version"), value("checksum"))
        {
            found.insert((name, version), sum);
        }
    }
    found
}

fn rust(metadata: &Value, checksums: &BTreeMap<(String, String), String>) -> Value {
    let list = |pointer: &str| metadata.pointer(pointer).and_then(Value::as_array);
    let packages = list("/packages").into_iter().flatten();
    let components: Vec<Value> = packages
        .map(|package| component(package, checksums))
        .collect();
    // Cargo's own ids hold the folders of this machine.
    let packages = list("/packages").into_iter().flatten();
    let names: BTreeMap<&str, String> = packages
        .filter_map(|package| Some((package.get("id")?.as_str()?, name_of(package))))
        .collect();
    let named = |id: &Value| id.as_str().and_then(|id| names.get(id)).cloned();
    let nodes = list("/resolve/nodes").into_iter().flatten();
    let dependencies: Vec<Value> = nodes
        .map(|node| {
            let needed = node.get("dependencies").and_then(Value::as_array);
            let needed: Vec<_> = needed.into_iter().flatten().filter_map(named).collect();
            json!({"ref": node.get("id").and_then(named), "dependsOn": needed})
        })
        .collect();
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": "balcao", "bom-ref": "balcao"},
            "tools": {"components": [{"type": "application", "name": "cargo xtask sbom"}]},
        },
        "components": components,
        "dependencies": dependencies,
    })
}

fn name_of(package: &Value) -> String {
    let text = |name: &str| {
        package
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    format!("{}@{}", text("name"), text("version"))
}

fn component(package: &Value, checksums: &BTreeMap<(String, String), String>) -> Value {
    let text = |name: &str| {
        package
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let (name, version) = (text("name"), text("version"));
    let mut component = json!({
        "type": "library",
        "bom-ref": name_of(package),
        "name": name,
        "version": version,
    });
    let mut add = |key: &str, value: Value| {
        if let Some(map) = component.as_object_mut() {
            map.insert(key.to_owned(), value);
        }
    };
    if !text("description").is_empty() {
        add("description", json!(text("description").trim()));
    }
    if !text("license").is_empty() {
        // Older packages separate with a slash what the standard calls OR.
        let expression = text("license").replace('/', " OR ");
        add("licenses", json!([{"expression": expression}]));
    }
    // What is our own has no place in the registry.
    if !text("source").is_empty() {
        add("purl", json!(format!("pkg:cargo/{name}@{version}")));
    }
    if let Some(sum) = checksums.get(&(name.to_owned(), version.to_owned())) {
        add("hashes", json!([{"alg": "SHA-256", "content": sum}]));
    }
    component
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{checksums, rust};

    #[test]
    fn what_is_locked_is_listed_with_its_hash_and_what_it_needs() {
        let lock = "version = 4\n\n[[package]]\nname = \"hex\"\nversion = \"0.4.3\"\nchecksum = \"7f24\"\n";
        let metadata = json!({
            "packages": [
                {"id": "path+file:///x#a@0.1.0", "name": "a", "version": "0.1.0", "license": "MIT/Apache-2.0", "source": null},
                {"id": "registry#hex@0.4.3", "name": "hex", "version": "0.4.3", "license": "MIT OR Apache-2.0", "source": "registry"},
            ],
            "resolve": {"nodes": [{"id": "path+file:///x#a@0.1.0", "dependencies": ["registry#hex@0.4.3"]}]},
        });
        let document = rust(&metadata, &checksums(lock));
        let [ours, theirs] = document["components"].as_array().unwrap().as_slice() else {
            panic!("two components");
        };
        assert_eq!(ours.get("purl"), None);
        assert_eq!(ours["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(theirs["purl"], "pkg:cargo/hex@0.4.3");
        assert_eq!(theirs["hashes"][0]["content"], "7f24");
        assert_eq!(
            document["dependencies"],
            json!([{"ref": "a@0.1.0", "dependsOn": ["hex@0.4.3"]}])
        );
    }
}

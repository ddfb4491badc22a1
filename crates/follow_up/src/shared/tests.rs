use super::{FileFault, IncomingChange, SharedTemplate, TemplateFaultCode, exported, imported};
use crate::built_in::templates;
use crate::template::{Template, TemplateError};
use crate::words::Locale;

fn sound() -> Template {
    templates().first().expect("there are some").clone()
}

#[test]
fn each_field_is_checked() {
    for template in templates() {
        assert_eq!(template.check(), Ok(()), "{}", template.key);
    }
    type Change = fn(&mut Template);
    let changes: [(&str, Change); 12] = [
        ("key", |t| t.key.clear()),
        ("key", |t| t.key = "Pix".to_owned()),
        ("key", |t| t.key = "a/b".to_owned()),
        ("key", |t| t.key = "a".repeat(61)),
        ("name", |t| t.name = " ".to_owned()),
        ("name", |t| t.name = "a\nb".to_owned()),
        ("subject", |t| t.subject = "{{ amount }}".to_owned()),
        ("subject", |t| t.subject = "a".repeat(151)),
        ("stages", |t| t.stages.clear()),
        ("stages", |t| {
            t.stages = [t.stages.clone(), t.stages.clone()].concat();
        }),
        ("platforms", |t| t.platforms = vec!["Kiwify".to_owned()]),
        ("place", |t| t.place = i32::MAX),
    ];
    for (field, change) in changes {
        let mut template = sound();
        change(&mut template);
        assert_eq!(template.check(), Err(TemplateError::Field { name: field }));
    }
}

#[test]
fn a_check_tells_everything_at_once() {
    let mut template = sound();
    template.text =
        "Oi, {{ customer.first_name }}! {{?motivo}} {{ ? hora }} {{?motivo}}".to_owned();
    let check = template.checked(Locale::PtBr, Vec::new());
    assert_eq!(check.error, None);
    assert_eq!(check.prompts, ["motivo", "hora"]);
    assert_eq!(check.variables.len(), 1);
    template.text = "Oi\n{{?}} URGENTE".to_owned();
    let check = template.checked(Locale::PtBr, Vec::new());
    let fault = check.error.expect("a prompt without a name");
    assert_eq!(
        (fault.line, fault.code),
        (Some(2), TemplateFaultCode::Prompt)
    );
    assert_eq!(check.findings.len(), 2);
}

#[test]
fn a_shared_template_is_flat_on_the_wire() {
    let shared = SharedTemplate {
        template: sound(),
        version: 3,
    };
    let wire = serde_json::to_value(&shared).expect("plain data");
    assert_eq!(wire["key"], "cart.first");
    assert_eq!(wire["version"], 3);
    assert_eq!(wire["place"], 10);
    let read: SharedTemplate = serde_json::from_value(wire).expect("as written");
    assert_eq!(read, shared);
}

#[test]
fn what_goes_out_comes_in() {
    let here = templates();
    let file = exported(here);
    let find = |key: &str, locale: Locale| {
        let same = |template: &&Template| template.key == key && template.locale == locale;
        here.iter().find(same).map(|template| (template, 7))
    };
    let import = imported(&file, find).expect("as written");
    assert_eq!(import.items.len(), here.len());
    for (item, template) in import.items.iter().zip(here) {
        assert_eq!(&item.template, template);
        assert_eq!((item.change, item.version), (IncomingChange::Same, 7));
        assert_eq!(item.error, None);
    }
    let import = imported(&file, |_, _| None).expect("as written");
    let new =
        |item: &super::TemplateIncoming| (item.change, item.version) == (IncomingChange::New, 0);
    assert!(import.items.iter().all(new));
    let other = file.replace("Aqui é", "Quem fala é");
    let import = imported(&other, find).expect("as written");
    let changed = |item: &&super::TemplateIncoming| item.change == IncomingChange::Changed;
    assert!(import.items.iter().filter(changed).count() > 1);
}

#[test]
fn what_is_no_file_is_told() {
    let file = exported(&[]);
    let none = |_: &str, _: Locale| None;
    for (text, fault) in [
        (String::new(), FileFault::Form),
        ("{}".to_owned(), FileFault::Form),
        (file.replace("balcao.templates", "other"), FileFault::Form),
        (file.replace("[]", "[{}]"), FileFault::Form),
        (
            file.replace("\"version\": 1", "\"version\": 2"),
            FileFault::Later,
        ),
    ] {
        assert_eq!(imported(&text, none), Err(fault), "{text}");
    }
    assert!(imported(&format!("\u{feff}{file}"), none).is_ok());
}

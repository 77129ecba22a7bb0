//! `tollgate templates`, and templates of one's own.

use crate::run::Folder;

#[test]
fn the_built_in_templates_can_be_begun_from_and_are_never_written_over() {
    let folder = Folder::new();
    let written = folder.run(&["templates", "mine"]);
    assert_eq!(written.code, Some(0), "{}", written.err);
    assert!(written.out.contains("mine/paper.typ") && folder.path().join("mine/paper.typ").exists(), "{}", written.out);
    let again = folder.run(&["templates", "mine"]);
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("mine/paper.typ"), "{}", again.err);
}

#[test]
fn a_wrong_template_is_refused_at_the_start_with_file_and_line() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path().join("mine")).unwrap();
    folder.write("mine/paper.typ", "= Invoice\n#nothing-of-this-name\n");
    folder.write("tollgate.toml", "templates = \"mine\"\n");
    for args in [
        vec!["serve", "--listen", "127.0.0.1:0"],
        vec!["demo", "--listen", "127.0.0.1:0"],
        vec!["serve", "--listen", "127.0.0.1:0", "--templates", "elsewhere"],
    ] {
        let said = folder.run(&args);
        assert_eq!(said.code, Some(1), "{args:?}");
        let place = if args.contains(&"elsewhere") { "elsewhere: " } else { "mine/paper.typ, line 2, column 2: " };
        assert!(said.err.contains("the templates cannot be used") && said.err.contains(place), "{}", said.err);
        assert!(!folder.path().join("tollgate.db").exists(), "nothing is opened before");
    }
}

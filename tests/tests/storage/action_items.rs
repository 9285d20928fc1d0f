//! Action items, the timeline, and which tips were shown.

use rebound_domain::ErrorKind;
use rebound_domain::history::{ActionItem, ActionStatus, Change, Committed, Entry, Shown, Write};

use crate::people::shown_for;
use crate::{World, assert_kind};

both_databases! {
    an_action_item_comes_back_as_it_was
    an_action_item_needs_the_version_that_is_there
    action_items_come_in_pages_in_order_of_id
    lines_come_in_pages_newest_first
    what_was_shown_is_replaced
}

async fn an_action_item_comes_back_as_it_was(world: World) {
    let owner = world.owner("ann").await;
    let item = ActionItem { note: Some("Tuesdays".to_owned()), ..world.new_action_item() };
    let change = || Change { action_item: Some(Write::Insert(item.clone())), ..world.change(&owner) };
    assert_eq!(world.commit(&owner, change()).await, Committed::Done);
    assert_eq!(world.history.action_item(&owner, item.id).await.unwrap(), Some(item.clone()));
    assert_kind(world.history.commit(&owner, change()).await, ErrorKind::Conflict);
    assert_eq!(world.history.action_item(&owner, world.new_action_item().id).await.unwrap(), None);
}

async fn an_action_item_needs_the_version_that_is_there(world: World) {
    let owner = world.owner("ann").await;
    let first = world.new_action_item();
    let insert = Change { action_item: Some(Write::Insert(first.clone())), ..world.change(&owner) };
    world.commit(&owner, insert).await;
    let second = ActionItem { status: ActionStatus::Done, version: 2, ..first };
    for (seen, committed) in [(2, Committed::Stale), (1, Committed::Done), (1, Committed::Stale)] {
        let line = world.new_entry(None);
        let action_item = Some(Write::Update(second.clone(), seen));
        let change = Change { action_item, entries: vec![line], ..world.change(&owner) };
        assert_eq!(world.commit(&owner, change).await, committed);
    }
    assert_eq!(world.history.action_item(&owner, second.id).await.unwrap(), Some(second));
    assert_eq!(world.history.entries(&owner, None, 10).await.unwrap().len(), 1);
}

async fn action_items_come_in_pages_in_order_of_id(world: World) {
    let owner = world.owner("ann").await;
    let items: Vec<ActionItem> = (0..5).map(|_| world.new_action_item()).collect();
    for item in items.iter().rev() {
        let change = Change { action_item: Some(Write::Insert(item.clone())), ..world.change(&owner) };
        world.commit(&owner, change).await;
    }
    let history = &world.history;
    assert_eq!(history.action_items(&owner, None, 2).await.unwrap(), items[..2]);
    assert_eq!(history.action_items(&owner, Some(items[1].id), 2).await.unwrap(), items[2..4]);
    assert_eq!(history.action_items(&owner, Some(items[3].id), 2).await.unwrap(), items[4..]);
    assert_eq!(history.action_items(&owner, Some(items[4].id), 2).await.unwrap(), []);
}

async fn lines_come_in_pages_newest_first(world: World) {
    let owner = world.owner("ann").await;
    let mut lines: Vec<Entry> = (0..5).map(|_| world.new_entry(None)).collect();
    // Two at the same moment: then the id decides.
    lines[2].at = lines[3].at;
    world.commit(&owner, Change { entries: lines.clone(), ..world.change(&owner) }).await;
    lines.reverse();
    let cursor = |line: &Entry| Some((line.at, line.id));
    let history = &world.history;
    assert_eq!(history.entries(&owner, None, 2).await.unwrap(), lines[..2]);
    assert_eq!(history.entries(&owner, cursor(&lines[1]), 2).await.unwrap(), lines[2..4]);
    assert_eq!(history.entries(&owner, cursor(&lines[3]), 2).await.unwrap(), lines[4..]);
    assert_eq!(history.entries(&owner, cursor(&lines[4]), 2).await.unwrap(), []);
}

async fn what_was_shown_is_replaced(world: World) {
    let owner = world.owner("ann").await;
    let rejection = world.rejection(&owner).await;
    for tip in ["a-tip", "another-tip"] {
        let shown = Shown([(tip.to_owned(), shown_for(&rejection))].into());
        let change = Change { shown: Some((rejection.id, shown.clone())), ..world.change(&owner) };
        assert_eq!(world.commit(&owner, change).await, Committed::Done);
        assert_eq!(world.history.shown(&owner).await.unwrap(), shown);
        // A change that says nothing of it leaves it.
        world.rejection(&owner).await;
        assert_eq!(world.history.shown(&owner).await.unwrap(), shown);
    }
}

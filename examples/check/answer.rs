//! What is answered to a line.

use repass::policy::{
    Advice, Breach, BreachUnknown, Checked, Classes, Evidence, Policy, Violation, Violations,
};
use serde_json::{Map, Value, json};

use crate::question::{self, Question};

pub(crate) struct Answers<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) explain: bool,
}

impl Answers<'_> {
    pub(crate) fn to_line(&self, line: &[u8]) -> Result<Value, String> {
        let value = question::parse(line)?;
        let question = Question::of(&value)?;
        let found = self.ask(&question).err();
        let mut answer = json!({"ok": found.is_none()});
        if self.explain {
            let warnings = self.policy.warnings(question.password, &question.about);
            answer["warnings"] = self.described(warnings);
            answer["advice"] = found.iter().flat_map(Violations::advice).map(advised).collect();
            answer["requirements"] = self.requirements(&question);
        }
        answer["violations"] = self.described(found);
        Ok(answer)
    }

    fn ask(&self, question: &Question<'_>) -> Result<(), Violations> {
        let is_used = |earlier: &&str| *earlier == question.password;
        let history = self.policy.check_history(&question.earlier, is_used);
        let evidence = question.old.map_or_else(Evidence::of_reset, Evidence::of_change);
        let evidence = evidence.history(&history).breach(Breach::seen(question.breaches));
        self.policy.check_with(question.password, &question.about, evidence)
    }

    fn described(&self, found: Option<Violations>) -> Value {
        let describe = |violation: Violation| {
            let mut described = parameters(&violation);
            described["code"] = violation.code().into();
            if self.explain {
                described["text"] = violation.to_string().into();
            }
            described
        };
        found.into_iter().flatten().map(describe).collect()
    }

    fn requirements(&self, question: &Question<'_>) -> Value {
        let describe = |line: Checked| {
            let asked = line.requirement;
            json!({"code": asked.code(), "text": asked.to_string(), "state": line.state.name()})
        };
        self.policy
            .checklist(question.password, &question.about)
            .into_iter()
            .map(describe)
            .collect()
    }
}

fn advised(advice: Advice) -> Value {
    json!({"code": advice.code(), "text": advice.to_string()})
}

fn parameters(violation: &Violation) -> Value {
    match violation {
        Violation::TooManyBytes { max_bytes } => json!({"max_bytes": max_bytes}),
        Violation::TooMuchPersonal { max_attributes, max_bytes } => {
            json!({"max_attributes": max_attributes, "max_bytes": max_bytes})
        }
        Violation::TooSimilar { attribute } | Violation::PersonalName { attribute } => {
            json!({"attribute": attribute.name()})
        }
        Violation::TooShort { min_length } => json!({"min_length": min_length}),
        Violation::TooLong { max_length } => json!({"max_length": max_length}),
        Violation::DerivedFromCommon { by } => json!({"by": by.name()}),
        Violation::MissingClasses { missing } => json!({"missing": counts(missing)}),
        Violation::MissingFromSet { at_least, set } => {
            json!({"at_least": at_least, "set": set.to_string()})
        }
        Violation::TooFewCategories { at_least, of } => {
            let of: Vec<_> = of.iter().map(ToString::to_string).collect();
            json!({"at_least": at_least, "of": of})
        }
        Violation::WhiteSpace { position, .. }
        | Violation::ControlCharacter { position }
        | Violation::CharacterNotAllowed { position }
        | Violation::IllegalCharacter { position } => json!({"position": position}),
        Violation::Repeated { max_repeat, position } => {
            json!({"max_repeat": max_repeat, "position": position})
        }
        Violation::ClassRepeated { max_class_repeat, position } => {
            json!({"max_class_repeat": max_class_repeat, "position": position})
        }
        Violation::TooManyOccurrences { max_occurrences, position } => {
            json!({"max_occurrences": max_occurrences, "position": position})
        }
        Violation::TooFewDistinct { min_distinct } => json!({"min_distinct": min_distinct}),
        Violation::Sequence { max_sequence, position } => {
            json!({"max_sequence": max_sequence, "position": position})
        }
        Violation::KeyboardWalk { max_keyboard_walk, position } => {
            json!({"max_keyboard_walk": max_keyboard_walk, "position": position})
        }
        Violation::TooLittleChanged { min_changed } => json!({"min_changed": min_changed}),
        Violation::Rearranged { how } => json!({"how": how.name()}),
        Violation::UsedBefore { last } | Violation::HistoryUnknown { last } => {
            json!({"last": last})
        }
        Violation::Breached { max_breaches, count } => {
            json!({"max_breaches": max_breaches, "count": count})
        }
        Violation::BreachUnknown { reason: reason @ BreachUnknown::Status { status } } => {
            json!({"reason": reason.code(), "status": status})
        }
        Violation::BreachUnknown { reason } => json!({"reason": reason.code()}),
        // Those that say all by their code, among them the rules of a host.
        _ => json!({}),
    }
}

fn counts(classes: &Classes) -> Map<String, Value> {
    classes.iter().map(|(class, count)| (class.name().to_owned(), count.into())).collect()
}

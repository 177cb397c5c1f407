package schema

import "github.com/belay-events/belay/internal/belay"

// CheckChange returns the rules that replacing prev by next breaks once the trigger
// is in use, in prev's order: TYPE_FIXED, FORMAT_FIXED and FUTURE_DATE_FIXED for what
// differs, REMOVED for a property that is gone, NEW_REQUIRED for one that reports
// made until now may lack. Places begin with field and lie in next's document, or
// where prev had what is gone. Titles, descriptions, examples, constraints, new
// optional properties, and making a property optional, break nothing.
func CheckChange(field string, prev, next *Payload) []belay.Violation {
	c := &change{place: place{field: field}}
	c.properties(prev.properties, next.properties)
	return c.broken
}

type change struct {
	place
	violations
}

func (c *change) breach(key, rule, description string) {
	if key != "" {
		c.enter(key)
		defer c.leave()
	}
	c.add(&c.place, rule, description)
}

func (c *change) properties(prev, next []Property) {
	c.enter("properties")
	defer c.leave()
	found := byKey(next)
	for _, was := range prev {
		c.enter(was.Key)
		if is, ok := found[was.Key]; ok {
			c.property(was, is)
		} else {
			c.breach("", "REMOVED", "may not be removed while the trigger is in use")
		}
		c.leave()
	}
	known := byKey(prev)
	for _, is := range next {
		if _, ok := known[is.Key]; !ok && is.Required {
			c.enter(is.Key)
			c.breach("", "NEW_REQUIRED", "may not be required: a property added while the trigger is in use is optional")
			c.leave()
		}
	}
}

func (c *change) property(was, is Property) {
	if was.Type != is.Type {
		c.breach("type", "TYPE_FIXED", "must stay "+was.Type+" while the trigger is in use")
		return
	}
	if was.Format != is.Format {
		stay := "must stay " + was.Format
		if was.Format == "" {
			stay = "must stay absent"
		}
		c.breach("format", "FORMAT_FIXED", stay+" while the trigger is in use")
	}
	if was.FutureDate != is.FutureDate {
		c.breach("futureDate", "FUTURE_DATE_FIXED", "must stay as it is while the trigger is in use: a trigger is real-time or scheduled for good")
	}
	if is.Required && !was.Required {
		c.breach("", "NEW_REQUIRED", "may not become required while the trigger is in use")
	}
	if len(was.Properties) == 0 && len(is.Properties) == 0 {
		return
	}
	if was.Type == "array" {
		c.enter("items")
		defer c.leave()
	}
	c.properties(was.Properties, is.Properties)
}

func byKey(properties []Property) map[string]Property {
	found := make(map[string]Property, len(properties))
	for _, p := range properties {
		found[p.Key] = p
	}
	return found
}

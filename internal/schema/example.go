package schema

// ExampleOf returns an object such as the JSON Schema in raw describes, for people to
// look at: of each property the first of its examples, its default, its constant, the first of its
// listed values, or a value made for its type and format. References are not
// followed, and what is combined is not worked out, so that it may break the schema;
// it is empty where raw describes no object.
func ExampleOf(raw []byte) map[string]any {
	n, err := readDocument("schema", raw)
	if err != nil || n.kind != '{' {
		return map[string]any{}
	}
	object, _ := exampleOf(n).(map[string]any)
	if object == nil {
		return map[string]any{}
	}
	return object
}

func exampleOf(n *node) any {
	if n.kind != '{' {
		return nil
	}
	if list := n.get("examples"); list != nil && len(list.elements) > 0 {
		return list.elements[0].value()
	}
	for _, key := range []string{"default", "const"} {
		if v := n.get(key); v != nil {
			return v.value()
		}
	}
	if list := n.get("enum"); list != nil && len(list.elements) > 0 {
		return list.elements[0].value()
	}
	kind := n.get("type").word()
	if types := n.get("type"); types != nil && len(types.elements) > 0 {
		kind = types.elements[0].word()
	}
	switch kind {
	case "string":
		return madeString(n.get("format").word(), n)
	case "number", "integer":
		if low := n.get("minimum"); low != nil && low.kind == '0' && low.number > 1 {
			return low.number
		}
		return 1.0
	case "boolean":
		return true
	case "array":
		if items := n.get("items"); items != nil {
			return []any{exampleOf(items)}
		}
		return []any{}
	}
	properties := n.get("properties")
	if properties == nil {
		return map[string]any{}
	}
	object := make(map[string]any, len(properties.members))
	for _, m := range properties.members {
		object[m.key] = exampleOf(m.value)
	}
	return object
}

package apply

import (
	"regexp"
	"strings"
)

// The actions that only lead on: code that chooses a way, splits, merges, variables
// and outputs. Reading them back trusts nothing: describe compares what was read with
// what the server has.

// Path is one way of a split; without a Then it ends where it begins.
type Path struct {
	Name        string `yaml:"name"`
	DisplayName string `yaml:"displayName,omitempty"`
	ID          string `yaml:"id,omitempty"`
	Then        string `yaml:"then,omitempty"`
}

func (s *Step) writeCode(action object) object {
	info := object{{"snippet", object{{"language", "JAVASCRIPT"}, {"code", s.Code}}}}
	if len(s.Variables) > 0 {
		expressions := make([]string, len(s.Variables))
		for i, v := range s.Variables {
			expressions[i] = variable(v)
		}
		info = append(info, member{"dynamicVariableExpressions", expressions})
	}
	info = info.following("truePostActionIds", s.Then).following("falsePostActionIds", s.Else)
	return append(action, member{"type", "CODE_CONDITION"}, member{"codeConditionInfo", info})
}

// variable makes the bare path of a field an expression.
func variable(s string) string {
	if strings.HasPrefix(s, "{{") {
		return s
	}
	return `{{var("` + s + `")}}`
}

var barePath = regexp.MustCompile(`^\{\{var\("([A-Za-z0-9_.-]+)"\)\}\}$`)

// pathOf writes what variable reads.
func pathOf(expression string) string {
	if m := barePath.FindStringSubmatch(expression); m != nil {
		return m[1]
	}
	return expression
}

func (s *Step) writeSplit(action object) object {
	paths := make([]any, len(s.Split))
	for i, p := range s.Split {
		paths[i] = object{}.with("id", p.ID).join(object{{"name", p.Name}}).with("displayName", p.DisplayName).with("postActionId", p.Then)
	}
	return append(action, member{"type", "SPLIT"}, member{"splitInfo", object{{"paths", paths}}})
}

func (s *Step) writeMerge(action object) object {
	return append(action, member{"type", "MERGE"}, member{"mergeInfo", object{}.following("postActionIds", s.Then)})
}

func (s *Step) writeSet(action object) object {
	info := object{{"outputMapping", ordered(s.Set)}}
	if s.Schema != nil {
		info = append(info, member{"outputSchema", ordered(s.Schema)})
	}
	return append(action, member{"type", "SET_VARIABLES"}, member{"setVariablesInfo", info.following("postActionIds", s.Then)})
}

func (s *Step) writeOutput(action object) object {
	return append(action, member{"type", "OUTPUT"}, member{"outputInfo", object{{"outputMapping", ordered(s.Output)}}})
}

// fill reads back what the writers above write.
func (s *Step) fill(doc object) {
	switch doc.textAt("type") {
	case "CODE_CONDITION":
		s.Code = doc.textAt("codeConditionInfo", "snippet", "code")
		for _, e := range doc.textsAt("codeConditionInfo", "dynamicVariableExpressions") {
			s.Variables = append(s.Variables, pathOf(e))
		}
		s.Then = doc.textsAt("codeConditionInfo", "truePostActionIds")
		s.Else = doc.textsAt("codeConditionInfo", "falsePostActionIds")
	case "SPLIT":
		paths, _ := doc.at("splitInfo", "paths").([]any)
		for _, v := range paths {
			p, _ := v.(object)
			s.Split = append(s.Split, Path{p.textAt("name"), p.textAt("displayName"), p.textAt("id"), p.textAt("postActionId")})
		}
	case "MERGE":
		s.Merge, s.Then = true, doc.textsAt("mergeInfo", "postActionIds")
	case "SET_VARIABLES":
		s.Set, s.Schema = doc.at("setVariablesInfo", "outputMapping"), doc.at("setVariablesInfo", "outputSchema")
		s.Then = doc.textsAt("setVariablesInfo", "postActionIds")
	case "OUTPUT":
		s.Output = doc.at("outputInfo", "outputMapping")
	}
}

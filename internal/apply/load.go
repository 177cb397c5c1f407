package apply

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Wish is what files say.
type Wish struct {
	Apps          []App
	Triggers      []Trigger
	Actions       []Action
	Preinstalled  []Preinstalled
	Webhooks      []Webhooks
	Sites         []Site
	Installations []Installation
	Keys          []Key
	Automations   []Automation
}

// Load reads a file, or every file of a folder whose name ends in .yaml or .yml,
// in the order of their names; folders in it are read too. Secrets that name an
// environment variable are looked up by getenv. An error names the file and the
// line.
func Load(path string, getenv func(string) string) (*Wish, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return LoadFS(os.DirFS(path), getenv)
	}
	w := &Wish{}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if err := w.add(path, text); err != nil {
		return nil, err
	}
	return w, w.resolve(getenv)
}

// LoadFS reads a folder as Load does.
func LoadFS(folder fs.FS, getenv func(string) string) (*Wish, error) {
	w := &Wish{}
	files := 0
	err := fs.WalkDir(folder, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(path)) {
			return err
		}
		files++
		text, err := fs.ReadFile(folder, path)
		if err != nil {
			return err
		}
		return w.add(path, text)
	})
	if err != nil {
		return nil, err
	}
	if files == 0 {
		return nil, errors.New("the folder holds no file that ends in .yaml or .yml")
	}
	return w, w.resolve(getenv)
}

// add reads the documents of one file.
func (w *Wish) add(name string, text []byte) error {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return fmt.Errorf("%s: %s", name, plain(err))
	}
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType || doc.Body.Type() == ast.NullType {
			continue
		}
		if err := w.document(doc.Body); err != nil {
			return fmt.Errorf("%s: %s", name, plain(err))
		}
	}
	return nil
}

// plain writes an error as "[line:column] what", then the lines around the place.
func plain(err error) string { return strings.TrimSpace(yaml.FormatError(err, false, true)) }

func (w *Wish) document(n ast.Node) error {
	var head struct {
		Kind string `yaml:"kind"`
	}
	if err := yaml.NodeToValue(n, &head); err != nil {
		return err
	}
	switch head.Kind {
	case "app":
		return take(n, &w.Apps)
	case "trigger":
		return take(n, &w.Triggers)
	case "action":
		return take(n, &w.Actions)
	case "preinstalled":
		return take(n, &w.Preinstalled)
	case "webhooks":
		return take(n, &w.Webhooks)
	case "site":
		return take(n, &w.Sites)
	case "installation":
		return take(n, &w.Installations)
	case "key":
		return take(n, &w.Keys)
	case "automation":
		return take(n, &w.Automations)
	}
	line := n.GetToken().Position.Line
	return fmt.Errorf("[%d:1] kind is %q; it must be app, trigger, action, preinstalled, webhooks, site, installation, key or automation", line, head.Kind)
}

func take[T any](n ast.Node, list *[]T) error {
	var v T
	if err := strict(n, &v); err != nil {
		return err
	}
	*list = append(*list, v)
	return nil
}

// strict reads a node and refuses fields that are not known.
func strict(n ast.Node, v any) error {
	return yaml.NodeToValue(n, v, yaml.Strict(), yaml.UseOrderedMap())
}

func (w *Wish) resolve(getenv func(string) string) error {
	for i := range w.Apps {
		if err := w.Apps[i].Secret.resolve(getenv); err != nil {
			return fmt.Errorf("app %q: secret: %w", w.Apps[i].Name, err)
		}
	}
	for i := range w.Sites {
		if err := w.Sites[i].SigningSecret.resolve(getenv); err != nil {
			return fmt.Errorf("site %q: signingSecret: %w", w.Sites[i].Name, err)
		}
	}
	for i := range w.Keys {
		if err := w.Keys[i].Value.resolve(getenv); err != nil {
			return fmt.Errorf("key %q: value: %w", w.Keys[i].Name, err)
		}
	}
	return nil
}

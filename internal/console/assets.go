package console

import (
	"crypto/sha256"
	"encoding/base64"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// asset is a file of the application, as it is and as the build compressed it.
type asset struct {
	contentType     string
	tag             string
	plain, gzip, br []byte
	immutable       bool
}

// readAssets reads what stands below assets, a file with its compressed forms as one.
func readAssets(files fs.FS) (map[string]asset, error) {
	entries, err := fs.ReadDir(files, "assets")
	if err != nil {
		return nil, err
	}
	assets := make(map[string]asset)
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || strings.HasSuffix(name, ".gz") || strings.HasSuffix(name, ".br") {
			continue
		}
		var a asset
		if a.plain, err = fs.ReadFile(files, "assets/"+name); err != nil {
			return nil, err
		}
		// The compressed forms may be missing: short files have none.
		a.gzip, _ = fs.ReadFile(files, "assets/"+name+".gz")
		a.br, _ = fs.ReadFile(files, "assets/"+name+".br")
		a.contentType = typeOf(name)
		sum := sha256.Sum256(a.plain)
		a.tag = `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
		// Vite names a file after its content: name-8CHARACT.js.
		a.immutable = strings.Contains(name, "-") && !strings.HasPrefix(name, "icon")
		assets[name] = a
	}
	return assets, nil
}

// typeOf returns the media type of a file. The list is ours, as that of the machine
// differs from one to the next.
func typeOf(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

func (c *Console) serveAsset(w http.ResponseWriter, r *http.Request, name string) {
	header := w.Header()
	secure(header)
	a, ok := c.assets[name]
	if !ok {
		header.Set("Cache-Control", "no-store")
		http.Error(w, "there is no such file", http.StatusNotFound)
		return
	}
	header.Set("Content-Type", a.contentType)
	header.Set("ETag", a.tag)
	header.Set("Vary", "Accept-Encoding")
	header.Set("Cache-Control", "no-cache")
	if a.immutable {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if r.Header.Get("If-None-Match") == a.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := a.plain
	switch accepted := r.Header.Get("Accept-Encoding"); {
	case a.br != nil && accepts(accepted, "br"):
		header.Set("Content-Encoding", "br")
		body = a.br
	case a.gzip != nil && accepts(accepted, "gzip"):
		header.Set("Content-Encoding", "gzip")
		body = a.gzip
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	// The reader has gone where this fails.
	_, _ = w.Write(body)
}

// accepts reports whether an Accept-Encoding names a coding and does not rule it
// out. Source: RFC 9110, section 12.5.3.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			weight = strings.ReplaceAll(weight, " ", "")
			return weight != "q=0" && !strings.HasPrefix(weight, "q=0.000") && weight != "q=0.0" && weight != "q=0.00"
		}
	}
	return false
}

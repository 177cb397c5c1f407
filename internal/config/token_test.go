package config

import (
	"crypto/rand"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/belay-events/belay/internal/belay"
	"github.com/belay-events/belay/internal/store/storetest"
)

func TestTokenIsGoodForFourHours(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &desk{t: t, store: storetest.NewModel()}
		book, err := Open(t.Context(), Options{
			Store: d.store, Commit: d.store.Commit, Now: func() belay.Instant { return belay.At(time.Now()) },
		})
		d.must(err)
		d.Book = book
		d.furnish()
		secret, err := d.RotateAppSecret(t.Context(), operator, appID1, "", 0)
		d.must(err)
		list, err := d.Installations(t.Context(), operator, siteID)
		d.must(err)
		token, life, err := d.Token(t.Context(), appID1, secret, list[0].InstanceID)
		d.must(err)
		if life != 4*time.Hour {
			t.Errorf("expires in %v; want 4h", life)
		}
		want := belay.Caller{Role: belay.RoleApp, AppID: appID1, SiteID: siteID, Name: "App 0"}
		for _, credential := range []string{token, "Bearer " + token, "bearer  " + token} {
			if got, err := d.Authenticate(credential); err != nil || got != want {
				t.Errorf("Authenticate gave %+v, %v; want %+v", got, err, want)
			}
		}
		info, err := d.TokenInfo(token)
		d.must(err)
		if wantInfo := (TokenInfo{
			Active: true, AppID: appID1, SiteID: siteID, InstanceID: list[0].InstanceID,
			IssuedAt: belay.At(time.Now()), ExpiresAt: belay.At(time.Now().Add(life)),
		}); info != wantInfo {
			t.Errorf("TokenInfo gave %+v; want %+v", info, wantInfo)
		}
		time.Sleep(life - time.Second)
		if _, err := d.Authenticate(token); err != nil {
			t.Errorf("a second before its end: %v", err)
		}
		time.Sleep(time.Second)
		_, err = d.Authenticate(token)
		refusedWith(t, err, belay.Unauthenticated, "CREDENTIAL_EXPIRED")
		if info, err := d.TokenInfo(token); err != nil || info != (TokenInfo{}) {
			t.Errorf("TokenInfo of an expired token gave %+v, %v; want nothing", info, err)
		}
	})
}

func (d *desk) token() (token, secret string, instance belay.ID) {
	d.t.Helper()
	secret, err := d.RotateAppSecret(d.t.Context(), operator, appID1, "", 0)
	d.must(err)
	list, err := d.Installations(d.t.Context(), operator, siteID)
	d.must(err)
	token, _, err = d.Token(d.t.Context(), appID1, secret, list[0].InstanceID)
	d.must(err)
	return token, secret, list[0].InstanceID
}

func TestTokenEndsWithTheInstallation(t *testing.T) {
	d := newDesk(t).furnish()
	token, _, _ := d.token()
	d.must(d.Uninstall(t.Context(), operator, siteID, appID1))
	_, err := d.Authenticate(token)
	refusedWith(t, err, belay.Unauthenticated, "APP_NOT_INSTALLED")
	_, _, err = d.Install(t.Context(), operator, siteID, appID1, belay.ID{})
	d.must(err)
	_, err = d.Authenticate(token)
	refusedWith(t, err, belay.Unauthenticated, "APP_NOT_INSTALLED")
	refusedWith(t, d.Uninstall(t.Context(), operator, otherID, appID1), belay.NotFound, "")
}

func TestTokenNeedsWhatBelongsTogether(t *testing.T) {
	d := newDesk(t).furnish()
	_, secret, instance := d.token()
	for name, tt := range map[string]struct {
		app      belay.ID
		secret   string
		instance belay.ID
	}{
		"another app":      {appID2, secret, instance},
		"another secret":   {appID1, secret + "x", instance},
		"no secret":        {appID1, "", instance},
		"another instance": {appID1, secret, id(90)},
		"nothing":          {},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := d.Token(t.Context(), tt.app, tt.secret, tt.instance)
			refusedWith(t, err, belay.Unauthenticated, "CREDENTIAL_UNKNOWN")
		})
	}
}

func TestForgedTokensAreRefused(t *testing.T) {
	d := newDesk(t).furnish()
	_, _, instance := d.token()
	good := claims{App: appID1.String(), Site: siteID.String(), RegisteredClaims: jwt.RegisteredClaims{
		Issuer: "belay", Subject: instance.String(), ExpiresAt: jwt.NewNumericDate(d.clock.Time().Add(time.Hour)),
	}}
	key := d.shared.Load().tokenKey
	sign := func(method jwt.SigningMethod, c claims, key any) string {
		s, err := jwt.NewWithClaims(method, c).SignedString(key)
		d.must(err)
		return s
	}
	if _, err := d.Authenticate(sign(jwt.SigningMethodHS256, good, key)); err != nil {
		t.Fatalf("the token that the others are made of: %v", err)
	}
	change := func(f func(*claims)) claims {
		c := good
		f(&c)
		return c
	}
	for name, token := range map[string]string{
		"unsigned":          sign(jwt.SigningMethodNone, good, jwt.UnsafeAllowNoneSignatureType),
		"another algorithm": sign(jwt.SigningMethodHS512, good, key),
		"another key":       sign(jwt.SigningMethodHS256, good, []byte(rand.Text())),
		"another issuer":    sign(jwt.SigningMethodHS256, change(func(c *claims) { c.Issuer = "other" }), key),
		"without an end":    sign(jwt.SigningMethodHS256, change(func(c *claims) { c.ExpiresAt = nil }), key),
		"another site":      sign(jwt.SigningMethodHS256, change(func(c *claims) { c.Site = otherID.String() }), key),
		"no instance":       sign(jwt.SigningMethodHS256, change(func(c *claims) { c.Subject = "" }), key),
		"no token at all":   "a.b.c",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := d.Authenticate(token); belay.CodeOf(err) != belay.Unauthenticated {
				t.Errorf("Authenticate: %v; want Unauthenticated", err)
			}
			if info, err := d.TokenInfo(token); err != nil || info.Active {
				t.Errorf("TokenInfo gave %+v, %v; want it not active", info, err)
			}
		})
	}
}

func TestAppSecretsOverlapDuringARotation(t *testing.T) {
	d := newDesk(t).furnish()
	_, first, instance := d.token()
	works := func(secret string) bool {
		_, _, err := d.Token(t.Context(), appID1, secret, instance)
		return err == nil
	}
	second, err := d.RotateAppSecret(t.Context(), operator, appID1, "", time.Hour)
	d.must(err)
	if !works(first) || !works(second) {
		t.Error("within the overlap both secrets must be good")
	}
	third, err := d.RotateAppSecret(t.Context(), operator, appID1, "", time.Hour)
	d.must(err)
	if works(first) || !works(second) || !works(third) {
		t.Error("of three secrets the last two must be good")
	}
	d.clock = d.clock.Add(time.Hour)
	if works(second) || !works(third) {
		t.Error("after the overlap the newest alone must be good")
	}
	fourth, err := d.RotateAppSecret(t.Context(), operator, appID1, "a-chosen-secret-1234", 0)
	d.must(err)
	if works(third) || !works(fourth) || fourth != "a-chosen-secret-1234" {
		t.Error("without an overlap the last secret ends at once")
	}
	_, err = d.RotateAppSecret(t.Context(), operator, appID1, "short", 31*24*time.Hour)
	refusedWith(t, err, belay.InvalidArgument, "", breach{"value", "MIN_LENGTH"}, breach{"overlap", "RANGE"})
}

func TestKeysOpenWhatTheirRoleIsFor(t *testing.T) {
	d := newDesk(t).furnish()
	for name, tt := range map[string]struct {
		in   NewKey
		want string
	}{
		"operator": {NewKey{Name: "k", Role: belay.RoleOperator}, "belay_o"},
		"app":      {NewKey{Name: "k", Role: belay.RoleApp, AppID: appID1}, "belay_a"},
		"site":     {NewKey{Name: "k", Role: belay.RoleSite, SiteID: siteID}, "belay_s"},
		"viewer":   {NewKey{Name: "k", Role: belay.RoleViewer, SiteID: siteID}, "belay_v"},
	} {
		t.Run(name, func(t *testing.T) {
			key, plain, err := d.CreateKey(t.Context(), operator, tt.in)
			d.must(err)
			if !strings.HasPrefix(plain, tt.want) || len(plain) != len(tt.want)+32 || key.Hint != plain[len(plain)-4:] || key.Hash != nil {
				t.Errorf("key %q %+v; want %s and 32 characters, and no hash", plain, key, tt.want)
			}
			by, err := d.Authenticate("Bearer " + plain)
			if want := (belay.Caller{Role: tt.in.Role, AppID: tt.in.AppID, SiteID: tt.in.SiteID, KeyID: key.ID, Name: "k", KeyHint: key.Hint}); err != nil || by != want {
				t.Errorf("Authenticate gave %+v, %v; want %+v", by, err, want)
			}
			d.must(d.DeleteKey(t.Context(), operatorBeside(d), key.ID))
			_, err = d.Authenticate(plain)
			refusedWith(t, err, belay.Unauthenticated, "CREDENTIAL_UNKNOWN")
		})
	}
}

// operatorBeside makes sure that there is another operator's key.
func operatorBeside(d *desk) belay.Caller {
	d.t.Helper()
	_, _, err := d.CreateKey(d.t.Context(), operator, NewKey{Name: "beside", Role: belay.RoleOperator, Value: "another-operators-key"})
	d.must(err)
	return operator
}

func TestCreateKeyRefusesWhatBreaksARule(t *testing.T) {
	d := newDesk(t).furnish()
	_, _, err := d.CreateKey(t.Context(), operator, NewKey{Name: "taken", Role: belay.RoleApp, AppID: appID1, Value: "a-value-that-is-taken"})
	d.must(err)
	for name, tt := range map[string]struct {
		in   NewKey
		code belay.Code
		want []breach
	}{
		"nothing":             {NewKey{}, belay.InvalidArgument, []breach{{"name", "REQUIRED"}, {"role", "ENUM"}}},
		"an app's without":    {NewKey{Name: "k", Role: belay.RoleApp}, belay.InvalidArgument, []breach{{"appId", "REQUIRED"}}},
		"a site's without":    {NewKey{Name: "k", Role: belay.RoleSite}, belay.InvalidArgument, []breach{{"siteId", "REQUIRED"}}},
		"an operator's with":  {NewKey{Name: "k", Role: belay.RoleOperator, AppID: appID1, SiteID: siteID}, belay.InvalidArgument, []breach{{"appId", "NOT_ALLOWED"}, {"siteId", "NOT_ALLOWED"}}},
		"a short value":       {NewKey{Name: "k", Role: belay.RoleOperator, Value: "short"}, belay.InvalidArgument, []breach{{"value", "MIN_LENGTH"}}},
		"a value with spaces": {NewKey{Name: "k", Role: belay.RoleOperator, Value: "sixteen characters"}, belay.InvalidArgument, []breach{{"value", "PATTERN"}}},
		"an end that is past": {NewKey{Name: "k", Role: belay.RoleOperator, ExpiresAt: 5}, belay.InvalidArgument, []breach{{"expiresDate", "RANGE"}}},
		"an unknown app":      {NewKey{Name: "k", Role: belay.RoleApp, AppID: id(90)}, belay.NotFound, nil},
		"an unknown site":     {NewKey{Name: "k", Role: belay.RoleViewer, SiteID: id(90)}, belay.NotFound, nil},
		"a value of another":  {NewKey{Name: "k", Role: belay.RoleOperator, Value: "a-value-that-is-taken"}, belay.AlreadyExists, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := d.CreateKey(t.Context(), operator, tt.in)
			refusedWith(t, err, tt.code, "", tt.want...)
		})
	}
}

func TestKeyEndsWhenItSays(t *testing.T) {
	d := newDesk(t).furnish()
	_, plain, err := d.CreateKey(t.Context(), operator, NewKey{Name: "k", Role: belay.RoleApp, AppID: appID1, ExpiresAt: d.clock + 1000})
	d.must(err)
	d.clock += 999
	if _, err := d.Authenticate(plain); err != nil {
		t.Errorf("before its end: %v", err)
	}
	d.clock++
	_, err = d.Authenticate(plain)
	refusedWith(t, err, belay.Unauthenticated, "CREDENTIAL_EXPIRED")
	_, err = d.Authenticate(" ")
	refusedWith(t, err, belay.Unauthenticated, "CREDENTIAL_MISSING")
}

func TestFirstOperatorKeyIsMadeOnce(t *testing.T) {
	d := newDesk(t)
	other := openDesk(t, d.store)
	var plain2 string
	var created2 bool
	d.before = func() {
		var err error
		plain2, created2, err = other.EnsureOperatorKey(t.Context())
		d.must(err)
	}
	plain, created, err := d.EnsureOperatorKey(t.Context())
	d.must(err)
	if created || plain != "" || !created2 || plain2 == "" {
		t.Fatalf("the later made %q, %v, the earlier %q, %v; want the earlier alone to make one", plain, created, plain2, created2)
	}
	by, err := d.Authenticate(plain2)
	if err != nil || by.Role != belay.RoleOperator {
		t.Errorf("Authenticate gave %+v, %v; want an operator", by, err)
	}
	refusedWith(t, d.DeleteKey(t.Context(), by, by.KeyID), belay.FailedPrecondition, "LAST_OPERATOR_KEY")
	if by.Identity() != (belay.Identity{UserID: by.KeyID.String()}) {
		t.Errorf("identity %+v", by.Identity())
	}
}

func TestCreateKeyOfAValueThatIsAKeyChangesNothingAndIgnoresNothing(t *testing.T) {
	d := newDesk(t).furnish()
	first := NewKey{Name: "till", Role: belay.RoleApp, AppID: appID1, ExpiresAt: d.clock + 1000, Value: "a-value-that-is-taken"}
	key, _, err := d.CreateKey(t.Context(), operator, first)
	d.must(err)
	again, _, err := d.CreateKey(t.Context(), operator, first)
	if err != nil || again.ID != key.ID {
		t.Errorf("the same again = %s, %v; want %s", again.ID, err, key.ID)
	}
	for name, change := range map[string]func(*NewKey){
		"name":   func(k *NewKey) { k.Name = "office" },
		"app":    func(k *NewKey) { k.AppID = appID2 },
		"expiry": func(k *NewKey) { k.ExpiresAt = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			other := first
			change(&other)
			_, _, err := d.CreateKey(t.Context(), operator, other)
			refusedWith(t, err, belay.AlreadyExists, "")
		})
	}
}

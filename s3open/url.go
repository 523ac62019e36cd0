package s3open

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/airlock-go/upload/s3store"
)

// target is a parsed URL.
type target struct {
	bucket   string
	region   string // "" if the URL has none
	endpoint string // "" if the URL has none
	insecure bool
	server   string // the name of a profile, "" if the URL has none
	lacks    []string
}

// profiles are the profiles that have a name.
var profiles = map[string]s3store.Profile{"aws": {}, "minio": s3store.MinIO(), "r2": s3store.R2()}

// These match usual names of buckets and regions. A host with an older or longer name makes its own
// client.
var (
	bucketName = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$`)
	regionName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)
)

// parse reads the URL. Its errors quote no more of it than the values of region, profile,
// lacks and insecure.
func parse(raw string) (*target, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("the bucket is not a URL: it must look like s3://BUCKET?region=REGION")
	}
	switch {
	case u.User != nil:
		return nil, errors.New("the URL holds credentials, which belong in the AWS configuration")
	case u.Scheme != "s3" || !bucketName.MatchString(u.Host):
		return nil, errors.New("the URL names no bucket: it must look like s3://BUCKET?region=REGION")
	case u.Path != "" && u.Path != "/":
		return nil, errors.New("the URL has a path, but a store has no prefix: give keys their prefix by a key generator")
	case u.Fragment != "":
		return nil, errors.New("the URL has a fragment: escape # as %23")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errors.New("the parameters of the URL are malformed")
	}
	t := &target{bucket: u.Host}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if err := t.set(name, query[name]); err != nil {
			return nil, err
		}
	}
	return t, nil
}

var parameters = []string{"region", "endpoint", "profile", "lacks", "insecure"}

// set sets a parameter.
func (t *target) set(name string, values []string) error {
	if !slices.Contains(parameters, name) { // it may be the rest of a secret that has a &
		return fmt.Errorf("a parameter of the URL is not one of %s", strings.Join(parameters, ", "))
	}
	if len(values) != 1 || values[0] == "" {
		return fmt.Errorf("the parameter %q must be there once, with a value", name)
	}
	value := values[0]
	switch name {
	case "region":
		if t.region = value; !regionName.MatchString(value) {
			return fmt.Errorf("region: %q is not the name of a region", value)
		}
	case "endpoint":
		t.endpoint = value
		_, err := endpointURL(value)
		return err
	case "profile":
		if _, known := profiles[value]; !known {
			return fmt.Errorf("profile: %q is not one of aws, minio and r2 (one of the AWS configuration is chosen by AWS_PROFILE)", value)
		}
		t.server = value
	case "lacks":
		t.lacks = strings.Split(value, ",")
	case "insecure":
		if t.insecure = value == "true"; !t.insecure {
			return fmt.Errorf("insecure: %q is not true", value)
		}
	}
	return nil
}

// profileOver returns the profile that the URL describes, or given if it describes none.
func (t *target) profileOver(given s3store.Profile) (s3store.Profile, error) {
	if t.server == "" && t.lacks == nil {
		return given, nil
	}
	if given != (s3store.Profile{}) {
		return given, errors.New("both the URL and the Options have a profile")
	}
	p := profiles[t.server]
	if err := p.Lack(t.lacks...); err != nil {
		return p, fmt.Errorf("lacks: %w", err)
	}
	return p, nil
}

// endpointURL parses the URL of a service.
func endpointURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
		u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("endpoint: not an http or https URL of a host, and perhaps a path, alone")
	}
	return u, nil
}

// loopback reports whether the host is localhost or a loopback address.
func loopback(u *url.URL) bool {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

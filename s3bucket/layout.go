package s3bucket

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/airlock-go/upload/storage"
)

// Layout says how an application uses its bucket, in addition to [s3store.Options]. The zero value
// describes an application that has the bucket to itself, without versions, and that only streams
// uploads.
type Layout struct {
	// KeyPrefixes are the beginnings of all published keys, such as "avatars/" for upload.Prefix.
	// Each ends in "/". Default: none, and keys may have any beginning. A Grant.KeyPrefix comes
	// before that of upload.Prefix, so with grants name what all of their prefixes begin with. The
	// policies neither allow other published keys nor withhold them until a scan.
	KeyPrefixes []string

	// StagingPrefixes are the StagingPrefix of all presigners and resumers of the application,
	// including "". Files from clients lie under each of them in the segment
	// [storage.StagingSegment], whatever a Grant.KeyPrefix is. Default: none, for an application
	// without direct and resumable uploads.
	StagingPrefixes []string

	// TicketExpires is the longest of PresignOptions.TicketExpires and ResumeOptions.Expires. Files
	// that clients sent are kept at least an hour longer, since the last request may still publish
	// them. Default: 24 h, which suits the defaults of both. At most 7 days.
	TicketExpires time.Duration

	// Origins are those of the pages that send files to the bucket, such as
	// "https://app.example.com". Wildcards are refused. Default: none.
	Origins []string

	// Versioned says that the bucket keeps versions, or has ever done so. Removing an object then
	// needs other rights.
	Versioned bool

	// Scanner is the ARN of the role with which GuardDuty scans the bucket for malware and tags
	// scanned objects. With it the bucket policy denies published objects to all except Scanner and
	// ScanExempt until they are tagged as clean. It lets only the scanner set that tag. Default:
	// none, and the bucket policy does not depend on scans.
	Scanner string

	// ScanExempt are the ARNs of the roles that may read unscanned objects. These are the roles of
	// processes that receive files, which cannot settle lost answers without s3:GetObject, and of
	// the sweeper, which cannot remove what it cannot read. Add processes that issue links, since
	// HeadObject is also a read: otherwise they answer 502 where upload.LinksOptions.RequireScan
	// calls for 503 or 404. With another [s3store.Options].Signer that is not exempt, links still
	// obey the policy.
	ScanExempt []string
}

const (
	defaultTicketExpires = 24 * time.Hour
	maxTicketExpires     = 7 * 24 * time.Hour
	day                  = 24 * time.Hour

	// publishing is how long the last request of an upload may take, checks and copies included.
	publishing = time.Hour
)

// complete fills in the defaults and checks the rest.
func (l *Layout) complete() error {
	if len(l.KeyPrefixes) == 0 {
		l.KeyPrefixes = []string{""}
	} else if slices.Contains(l.KeyPrefixes, "") {
		return errors.New("s3bucket: an empty KeyPrefix; none at all means any key")
	}
	if l.TicketExpires == 0 {
		l.TicketExpires = defaultTicketExpires
	}
	if l.TicketExpires < 0 || l.TicketExpires > maxTicketExpires {
		return errors.New("s3bucket: TicketExpires is positive and at most 7 days")
	}
	for _, prefix := range slices.Concat(l.KeyPrefixes, l.StagingPrefixes) {
		if err := validPrefix(prefix); err != nil {
			return err
		}
	}
	for _, origin := range l.Origins {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme == "" || u.Host == "" || origin != u.Scheme+"://"+u.Host || strings.Contains(origin, "*") {
			return fmt.Errorf("s3bucket: %q is not the origin of a page, such as https://app.example.com", origin)
		}
	}
	if l.Scanner == "" && len(l.ScanExempt) > 0 {
		return errors.New("s3bucket: ScanExempt needs a Scanner")
	}
	return nil
}

// validPrefix refuses impossible prefixes of keys, and those that IAM would read as a wildcard or a
// variable.
func validPrefix(prefix string) error {
	if prefix == "" {
		return nil
	}
	if !strings.HasSuffix(prefix, "/") || storage.ValidKey(prefix+"x") != nil || strings.ContainsAny(prefix, "*?$") {
		return fmt.Errorf(`s3bucket: %q is not a prefix: it must begin valid keys, end in "/" and have none of "*?$"`, prefix)
	}
	return nil
}

// staging returns the prefixes of all keys that clients send to.
func (l *Layout) staging() []string {
	all := make([]string, len(l.StagingPrefixes))
	for i, prefix := range l.StagingPrefixes {
		all[i] = prefix + storage.StagingSegment + "/"
	}
	return all
}

// stagingDays returns for how many days staged files must be kept.
func (l *Layout) stagingDays() int32 {
	return int32((l.TicketExpires + publishing + day - 1) / day) //nolint:gosec // 1 to 8
}

// published, staged and all return the prefixes of the keys that may be published, of those that
// clients send to, and of both. They omit prefixes that others cover.
func (l *Layout) published() []string { return widest(l.KeyPrefixes) }
func (l *Layout) staged() []string    { return widest(l.staging()) }
func (l *Layout) all() []string       { return widest(slices.Concat(l.KeyPrefixes, l.staging())) }

// widest omits the prefixes that begin with another one.
func widest(prefixes []string) []string {
	sorted := slices.Sorted(slices.Values(prefixes))
	var kept []string
	for _, p := range sorted {
		if len(kept) == 0 || !strings.HasPrefix(p, kept[len(kept)-1]) {
			kept = append(kept, p)
		}
	}
	return kept
}

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

// Layout says how an application uses its bucket, as far as [s3store.Options] do not
// say it. The zero value is an application with a bucket of its own,
// without versions, that takes no direct uploads.
type Layout struct {
	// KeyPrefixes stand before all keys that are published, such as "avatars/"
	// for upload.Prefix. Each ends in "/". Default: none, the keys may be any.
	// A Grant.KeyPrefix stands before that, so name what all of these begin with:
	// what is not named here the policies neither allow nor hold back for a scan.
	KeyPrefixes []string

	// StagingPrefixes are the PresignOptions.StagingPrefix of all presigners of the
	// application, "" included. What clients send lies under each of them in the
	// segment [storage.StagingSegment], whoever the caller is. Default: none, there
	// are no direct uploads.
	StagingPrefixes []string

	// TicketExpires is the longest PresignOptions.TicketExpires: what is staged is
	// kept for no less. Default: 6 h, which is the presigner's. At most 7 days.
	TicketExpires time.Duration

	// Origins are those of the pages that send files to the bucket, such as
	// "https://app.example.com". Wildcards are refused. Default: none.
	Origins []string

	// Versioned says that the bucket keeps versions, or has ever done so. Other
	// rights are then needed for removing an object.
	Versioned bool

	// Scanner is the ARN of the role with which GuardDuty scans the bucket for
	// malware and tags what it has scanned. With it the bucket policy gives
	// published objects only to ScanExempt until they are tagged as clean, and
	// lets nobody else set that tag. Default: none, there is no such gate.
	Scanner string

	// ScanExempt are the ARNs of the roles that may read what is not scanned: those
	// of the processes that receive files, which without s3:GetObject cannot settle
	// lost answers; that of the sweeper, which cannot remove what is hidden from it;
	// and those of processes that hand out links, since HeadObject is a read, too: they
	// would answer 502 where upload.LinksOptions.RequireScan says 503 or 404. Let
	// [s3store.Options].Signer be another, which is not exempt, and links obey the policy.
	ScanExempt []string
}

const (
	defaultTicketExpires = 6 * time.Hour
	maxTicketExpires     = 7 * 24 * time.Hour
	day                  = 24 * time.Hour
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

// validPrefix refuses, beside what no key begins with, what IAM would take for a
// wildcard or a variable.
func validPrefix(prefix string) error {
	if prefix == "" {
		return nil
	}
	if !strings.HasSuffix(prefix, "/") || storage.ValidKey(prefix+"x") != nil || strings.ContainsAny(prefix, "*?$") {
		return fmt.Errorf(`s3bucket: %q is no prefix: it ends in "/" and has none of "*?$"`, prefix)
	}
	return nil
}

// staging are the prefixes of everything that clients send.
func (l *Layout) staging() []string {
	all := make([]string, len(l.StagingPrefixes))
	for i, prefix := range l.StagingPrefixes {
		all[i] = prefix + storage.StagingSegment + "/"
	}
	return all
}

// stagingDays is how many days what is staged has to be kept.
func (l *Layout) stagingDays() int32 {
	return int32((l.TicketExpires + day - 1) / day) //nolint:gosec // 1 to 7
}

// published and staged are the prefixes of the keys that may be published and of those
// that clients send, and all those of both, without those that others cover.
func (l *Layout) published() []string { return widest(l.KeyPrefixes) }
func (l *Layout) staged() []string    { return widest(l.staging()) }
func (l *Layout) all() []string       { return widest(slices.Concat(l.KeyPrefixes, l.staging())) }

// widest leaves out the prefixes that begin with another one.
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

package s3store

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/airlock-go/upload/storage"
)

// Layout says how an application uses its bucket, as far as the other [Options]
// do not say it. [Store.Check], [Store.Setup] and the documents ([Store.Policy],
// [Store.BucketPolicy], [Store.CORS], [Store.Lifecycle]) are made of it; uploads
// work without. The zero value is an application with a bucket of its own,
// without versions, that takes no direct uploads.
type Layout struct {
	// KeyPrefixes stand before all keys that are published, such as "avatars/"
	// for [upload.Prefix]. Each ends in "/". Default: none, the keys may be any.
	// A Grant.KeyPrefix stands before that, so name what all of these begin with:
	// what is not named here the policies neither allow nor hold back for a scan.
	KeyPrefixes []string

	// StagingPrefixes are the PresignOptions.KeyPrefix of all presigners of the
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
	// would answer 502 where [upload.LinksOptions].RequireScan says 503 or 404. Let
	// [Options].Signer be another, which is not exempt, and links obey the policy.
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
		return errors.New("s3store: an empty KeyPrefix; none at all means any key")
	}
	if l.TicketExpires == 0 {
		l.TicketExpires = defaultTicketExpires
	}
	if l.TicketExpires < 0 || l.TicketExpires > maxTicketExpires {
		return errors.New("s3store: TicketExpires is positive and at most 7 days")
	}
	for _, prefix := range slices.Concat(l.KeyPrefixes, l.StagingPrefixes) {
		if err := validPrefix(prefix); err != nil {
			return err
		}
	}
	for _, origin := range l.Origins {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme == "" || u.Host == "" || origin != u.Scheme+"://"+u.Host || strings.Contains(origin, "*") {
			return fmt.Errorf("s3store: %q is not the origin of a page, such as https://app.example.com", origin)
		}
	}
	if l.Scanner == "" && len(l.ScanExempt) > 0 {
		return errors.New("s3store: ScanExempt needs a Scanner")
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
		return fmt.Errorf(`s3store: %q is no prefix: it ends in "/" and has none of "*?$"`, prefix)
	}
	return nil
}

// direct reports that there are direct uploads.
func (l *Layout) direct() bool { return len(l.StagingPrefixes) > 0 }

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

package s3bucket

// Role is a part of an application that gets credentials of its own. One process may have several
// roles: it then needs the one policy that [Bucket.Policy] makes of all of them.
type Role string

// These are the roles that [Bucket.Policy] accepts.
const (
	RoleStreamed Role = "streamed" // receives files through the application
	RoleDirect   Role = "direct"   // signs and confirms direct uploads, receives resumable ones, for upload.Presigner and upload.Resumer
	RoleDelivery Role = "delivery" // hands out published files, for upload.Links; staged ones are denied unless another role reads them
	RoleSweeper  Role = "sweeper"  // removes unreferenced objects, for sweep.Sweeper
	RoleCheck    Role = "check"    // runs Bucket.Check and reads how the bucket is set up
	RoleSetup    Role = "setup"    // runs Bucket.Setup
)

// Roles returns all roles.
func Roles() []Role {
	return []Role{RoleStreamed, RoleDirect, RoleDelivery, RoleSweeper, RoleCheck, RoleSetup}
}

// scope says which resources a grant covers.
type scope int

const (
	wholeBucket   scope = iota // the bucket itself, not its objects
	listings                   // the bucket, for lists of allKeys
	publishedKeys              // objects that may be published
	stagedKeys                 // objects that clients send
	allKeys                    // published and staged ones
)

// grant is one statement of a role's policy.
type grant struct {
	sid     string
	on      scope
	actions []string
	needed  func(*Bucket) bool // nil for always
	why     string
}

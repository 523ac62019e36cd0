package s3bucket

func (b *Bucket) unversioned() bool   { return !b.versioned() }
func (b *Bucket) scanned() bool       { return b.layout.Scanner != "" && !b.versioned() }
func (b *Bucket) scansVersions() bool { return b.layout.Scanner != "" && b.versioned() }

// grants are what each role needs. TestEachActionIsNeeded of the integration module checks that
// without any one of these actions an operation of the library fails. It cannot check calls that
// its server answers with 501.
var grants = map[Role][]grant{
	RoleStreamed: {
		{"Store", publishedKeys, []string{"s3:PutObject"}, nil, "to publish files, whole ones and in parts: creating, sending and completing a multipart upload are this action, too"},
		{"Tag", publishedKeys, []string{"s3:PutObjectTagging"}, (*Bucket).tagged, "since Options.Tags are sent with each object"},
		{"Abort", publishedKeys, []string{"s3:AbortMultipartUpload"}, nil, "to remove the parts of files that were refused or cut off"},
		{"AskWhose", publishedKeys, []string{"s3:GetObject"}, nil, "for HeadObject: after a lost answer it shows whose object it is, and in a bucket without versions which object to delete; also to copy a video whose metadata was found late"},
		{"TellMissing", wholeBucket, []string{"s3:ListBucket"}, nil, "since S3 otherwise answers 403 instead of 404 for a missing key, and then a lost answer leaves the outcome unknown"},
		{"FindStrays", wholeBucket, []string{"s3:ListBucketMultipartUploads"}, nil, "to find and abort an upload whose id was in a lost answer"},
		{"RollBack", publishedKeys, []string{"s3:DeleteObject"}, (*Bucket).unversioned, "to remove files that a request published before it failed"},
		{"RollBackVersions", publishedKeys, []string{"s3:DeleteObjectVersion"}, (*Bucket).versioned, "to remove files that a request published before it failed: on versioned buckets a plain deletion keeps the bytes"},
		{"ListVersions", listings, []string{"s3:ListBucketVersions"}, (*Bucket).versioned, "for Store.Delete, which removes all versions of a key"},
	},
	RoleDirect: {
		{"Sign", stagedKeys, []string{"s3:PutObject"}, nil, "for the requests of clients, which these credentials sign, to begin and complete uploads in parts, to keep a ticket beside a file whose client may leave, and for the pieces of resumable uploads"},
		{"SignTags", stagedKeys, []string{"s3:PutObjectTagging"}, (*Bucket).tagged, "since Options.Tags are part of the signed requests"},
		{"ListParts", stagedKeys, []string{"s3:ListMultipartUploadParts"}, nil, "to see which parts have arrived: only these are completed"},
		{"ReadStaged", stagedKeys, []string{"s3:GetObject"}, nil, "to read staged files through the validators, to copy what they accepted, and to read tickets beside them"},
		{"AbortStaged", stagedKeys, []string{"s3:AbortMultipartUpload"}, nil, "to remove the parts of uploads that clients gave up"},
		{"RemoveStaged", stagedKeys, []string{"s3:DeleteObject"}, (*Bucket).unversioned, "to remove staged files that were refused, or published under their own key"},
		{"RemoveStagedVersions", stagedKeys, []string{"s3:DeleteObjectVersion"}, (*Bucket).versioned, "to remove staged files that were refused, or published under their own key: on versioned buckets a plain deletion keeps the bytes"},
		{"ListVersions", listings, []string{"s3:ListBucketVersions"}, (*Bucket).versioned, "to find the versions of a staged file"},
		{"Publish", publishedKeys, []string{"s3:PutObject"}, nil, "to publish a checked file under its own key"},
		{"Tag", publishedKeys, []string{"s3:PutObjectTagging"}, (*Bucket).tagged, "since Options.Tags are sent with each object"},
		{"ListCopies", publishedKeys, []string{"s3:ListMultipartUploadParts"}, nil, "to see that the pieces of a resumable upload were copied whole"},
		{"Abort", publishedKeys, []string{"s3:AbortMultipartUpload"}, nil, "to end the copy of a file that changed meanwhile"},
		{"AskWhose", publishedKeys, []string{"s3:GetObject"}, nil, "for HeadObject: it shows whether the file is published already, for example when a confirmation is repeated"},
		{"TellMissing", wholeBucket, []string{"s3:ListBucket"}, nil, "since S3 otherwise answers 403 instead of 404 for a file that has not arrived"},
		{"FindStrays", wholeBucket, []string{"s3:ListBucketMultipartUploads"}, nil, "to find and abort an upload whose id was in a lost answer"},
	},
	RoleDelivery: {
		{"Read", publishedKeys, []string{"s3:GetObject"}, nil, "to look at a file and to sign links to it"},
		{"TellMissing", wholeBucket, []string{"s3:ListBucket"}, nil, "since S3 otherwise answers 403 instead of 404 for a missing file, which looks like a failure"},
		{"ReadVerdict", publishedKeys, []string{"s3:GetObjectTagging"}, (*Bucket).scanned, "to read GuardDuty's verdict before a file is handed out"},
		{"ReadScanned", publishedKeys, []string{"s3:GetObjectVersionTagging", "s3:GetObjectVersion"}, (*Bucket).scansVersions, "to read GuardDuty's verdict, and to hand out exactly the version that it scanned"},
	},
	RoleSweeper: {
		{"List", wholeBucket, []string{"s3:ListBucket"}, nil, "to list objects"},
		{"ListUploads", wholeBucket, []string{"s3:ListBucketMultipartUploads"}, nil, "to list open multipart uploads"},
		{"Abort", allKeys, []string{"s3:AbortMultipartUpload"}, nil, "to remove the parts of open multipart uploads"},
		{"LookAgain", allKeys, []string{"s3:GetObject"}, nil, "for HeadObject, which shows whether an object is still the one that was listed"},
		{"Remove", allKeys, []string{"s3:DeleteObject"}, (*Bucket).unversioned, "to remove unreferenced objects, if they are still the same"},
		{"RemoveVersions", allKeys, []string{"s3:DeleteObjectVersion"}, (*Bucket).versioned, "to remove unreferenced objects: on versioned buckets a plain deletion keeps the bytes"},
		{"ListVersions", listings, []string{"s3:ListBucketVersions"}, (*Bucket).versioned, "to find all versions of a key"},
	},
	RoleCheck: {
		{"ReadSetup", wholeBucket, []string{
			"s3:GetBucketPublicAccessBlock", "s3:GetBucketPolicyStatus", "s3:GetBucketOwnershipControls", "s3:GetEncryptionConfiguration",
			"s3:GetBucketVersioning", "s3:GetBucketLogging", "s3:GetLifecycleConfiguration",
		}, nil, "to read how the bucket is set up"},
		{"ReadCORS", wholeBucket, []string{"s3:GetBucketCORS"}, (*Bucket).direct, "to read which pages may use the bucket"},
		{"Probe", allKeys, []string{"s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"}, nil, "to try with objects of its own, called probes, what the service enforces"},
		{"ListCopies", allKeys, []string{"s3:ListMultipartUploadParts"}, (*Bucket).direct, "to see whether the service copies the range that it is asked for"},
		{"ProbeTags", allKeys, []string{"s3:PutObjectTagging"}, (*Bucket).tagged, "since Options.Tags are sent with each object"},
		{"RemoveProbes", allKeys, []string{"s3:DeleteObject"}, (*Bucket).unversioned, "to remove the probes again"},
		{"RemoveProbeVersions", allKeys, []string{"s3:DeleteObjectVersion"}, (*Bucket).versioned, "to remove the probes again"},
		{"ListVersions", listings, []string{"s3:ListBucketVersions"}, (*Bucket).versioned, "to remove the probes again"},
		{"TellMissing", wholeBucket, []string{"s3:ListBucket"}, nil, "to reach the bucket, and to see which objects are gone"},
		{"FindStrays", wholeBucket, []string{"s3:ListBucketMultipartUploads"}, nil, "to see that no upload of a probe is left open"},
	},
	RoleSetup: {
		{"Lifecycle", wholeBucket, []string{"s3:GetLifecycleConfiguration", "s3:PutLifecycleConfiguration"}, nil, "to add lifecycle rules to the existing ones"},
		{"CORS", wholeBucket, []string{"s3:GetBucketCORS", "s3:PutBucketCORS"}, (*Bucket).direct, "to add the CORS rule to the existing ones"},
	},
}

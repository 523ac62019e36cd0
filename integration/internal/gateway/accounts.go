package main

import "github.com/versity/versitygw/auth"

// accounts are those of the gateway: root, and one with only the rights of a bucket's policy.
type accounts struct {
	auth.IAMService // of root alone
	user            auth.Account
}

func newAccounts(root, user keys) accounts {
	return accounts{
		IAMService: auth.NewIAMServiceSingle(auth.Account{Access: root.access, Secret: root.secret, Role: auth.RoleAdmin}),
		user:       auth.Account{Access: user.access, Secret: user.secret, Role: auth.RoleUser},
	}
}

func (a accounts) GetUserAccount(access string) (auth.Account, error) {
	if access == a.user.Access {
		return a.user, nil
	}
	return a.IAMService.GetUserAccount(access)
}

func (a accounts) ResolveAccounts(accesses []string) (unknown []string, err error) {
	for _, access := range accesses {
		if _, err := a.GetUserAccount(access); err != nil {
			unknown = append(unknown, access)
		}
	}
	return unknown, nil
}

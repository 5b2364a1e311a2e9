//! What somebody may do: every permission, who has it, and which route asks for it, in this one place.
//!
//! A person has every permission over their own things, an administrator those over the platform as well, and a key for
//! machines those that its scopes name: never one over the account, so that a key that leaks takes nothing over.

use axum::http::Method;
use vitae_store::Role;

/// Something that one may or may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// Read one's CVs and jobs.
    ReadCvs,
    /// Upload, change and remove one's CVs, and steer one's jobs.
    WriteCvs,
    /// Read one's portfolios.
    ReadPortfolios,
    /// Make, change, publish and remove one's portfolios.
    WritePortfolios,
    /// Read one's documents, and have CVs analysed.
    ReadDocuments,
    /// Have documents made.
    WriteDocuments,
    /// Read one's own numbers.
    ReadNumbers,
    /// Everything about one's account: sessions, second factor, keys, export, erasure.
    ManageAccount,
    /// Tell of a frontend's fault.
    TellFaults,
    /// Read the platform's numbers.
    ReadPlatform,
    /// Read what frontends told of their faults.
    ReadFrontendLogs,
    /// List and search people.
    ListPeople,
    /// Change people's roles.
    ChangeRoles,
    /// Suspend people and let them in again.
    SuspendPeople,
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::ReadCvs,
        Self::WriteCvs,
        Self::ReadPortfolios,
        Self::WritePortfolios,
        Self::ReadDocuments,
        Self::WriteDocuments,
        Self::ReadNumbers,
        Self::ManageAccount,
        Self::TellFaults,
        Self::ReadPlatform,
        Self::ReadFrontendLogs,
        Self::ListPeople,
        Self::ChangeRoles,
        Self::SuspendPeople,
    ];

    /// Its name, in the documentation and as a scope.
    pub fn name(self) -> &'static str {
        match self {
            Self::ReadCvs => "cv:read",
            Self::WriteCvs => "cv:write",
            Self::ReadPortfolios => "portfolio:read",
            Self::WritePortfolios => "portfolio:write",
            Self::ReadDocuments => "ats:read",
            Self::WriteDocuments => "ats:write",
            Self::ReadNumbers => "analytics:read",
            Self::ManageAccount => "account",
            Self::TellFaults => "logs:write",
            Self::ReadPlatform => "platform:read",
            Self::ReadFrontendLogs => "logs:read",
            Self::ListPeople => "people:read",
            Self::ChangeRoles => "people:role",
            Self::SuspendPeople => "people:suspend",
        }
    }

    /// Whether a key for machines can have it.
    pub fn is_scope(self) -> bool {
        matches!(
            self,
            Self::ReadCvs
                | Self::WriteCvs
                | Self::ReadPortfolios
                | Self::WritePortfolios
                | Self::ReadDocuments
                | Self::WriteDocuments
                | Self::ReadNumbers
        )
    }

    /// The permission that a scope names.
    pub fn of_scope(scope: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.is_scope() && permission.name() == scope)
    }

    /// Whether everybody of this role has it.
    pub fn is_of(self, role: Role) -> bool {
        match self {
            Self::ReadPlatform
            | Self::ReadFrontendLogs
            | Self::ListPeople
            | Self::ChangeRoles
            | Self::SuspendPeople => role == Role::Admin,
            _ => true,
        }
    }

    /// What a request needs, by its method and path; `None` where no route of ours is.
    pub fn needed(method: &Method, path: &str) -> Option<Self> {
        let reads = matches!(*method, Method::GET | Method::HEAD);
        let either = |read, write| Some(if reads { read } else { write });
        let mut parts = path.strip_prefix("/api/v1/")?.trim_end_matches('/').split('/');
        match (parts.next()?, parts.next(), parts.next()) {
            ("users", None, None) => Some(Self::ListPeople),
            ("users", Some(id), Some("role")) if !matches!(id, "me" | "mfa") => Some(Self::ChangeRoles),
            ("users", Some(_), Some("suspend" | "reinstate")) => Some(Self::SuspendPeople),
            ("users", ..) => Some(Self::ManageAccount),
            ("cv", Some("rag"), _) => Some(Self::ReadDocuments),
            ("cv" | "jobs", ..) => either(Self::ReadCvs, Self::WriteCvs),
            ("portfolio", ..) => either(Self::ReadPortfolios, Self::WritePortfolios),
            ("ats", Some("analyze"), None) => Some(Self::ReadDocuments),
            ("ats", ..) => either(Self::ReadDocuments, Self::WriteDocuments),
            ("analytics", ..) => Some(Self::ReadNumbers),
            ("logs", ..) => either(Self::ReadFrontendLogs, Self::TellFaults),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_name_of_its_own_and_only_scopes_are_found_by_it() {
        let names: std::collections::BTreeSet<_> = Permission::ALL.iter().map(|permission| permission.name()).collect();
        assert_eq!(names.len(), Permission::ALL.len());
        for permission in Permission::ALL {
            assert_eq!(Permission::of_scope(permission.name()), permission.is_scope().then_some(permission));
        }
        assert_eq!(Permission::of_scope("everything"), None);
    }

    #[test]
    fn what_is_over_others_is_an_administrators_and_no_keys() {
        for permission in Permission::ALL {
            assert!(permission.is_of(Role::Admin));
            assert!(permission.is_of(Role::User) || !permission.is_scope(), "{permission:?}");
        }
        assert!(!Permission::ManageAccount.is_scope());
    }

    #[test]
    fn a_request_needs_what_its_route_is_about() {
        let needed = |method: Method, path: &str| Permission::needed(&method, path);
        assert_eq!(needed(Method::GET, "/api/v1/cv/1/source"), Some(Permission::ReadCvs));
        assert_eq!(needed(Method::POST, "/api/v1/cv/upload/"), Some(Permission::WriteCvs));
        assert_eq!(needed(Method::POST, "/api/v1/jobs/1/cancel"), Some(Permission::WriteCvs));
        assert_eq!(needed(Method::POST, "/api/v1/cv/rag/analyze"), Some(Permission::ReadDocuments));
        assert_eq!(needed(Method::POST, "/api/v1/ats/generate"), Some(Permission::WriteDocuments));
        assert_eq!(needed(Method::DELETE, "/api/v1/portfolio/1"), Some(Permission::WritePortfolios));
        assert_eq!(needed(Method::GET, "/api/v1/users"), Some(Permission::ListPeople));
        assert_eq!(needed(Method::PATCH, "/api/v1/users/1/role"), Some(Permission::ChangeRoles));
        assert_eq!(needed(Method::POST, "/api/v1/users/1/suspend"), Some(Permission::SuspendPeople));
        assert_eq!(needed(Method::GET, "/api/v1/users/me"), Some(Permission::ManageAccount));
        assert_eq!(needed(Method::POST, "/api/v1/users/api-keys"), Some(Permission::ManageAccount));
        assert_eq!(needed(Method::GET, "/healthz"), None);
        assert_eq!(needed(Method::GET, "/api/v1/cvs"), None);
    }
}

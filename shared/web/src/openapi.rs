use utoipa::Modify;
use utoipa::openapi::security::{Flow, HttpAuthScheme, HttpBuilder, OAuth2, Password, Scopes, SecurityScheme};
use utoipa::openapi::{Components, InfoBuilder, OpenApi, OpenApiBuilder};

/// Adds the ways to sign in: an access token that one has (`bearer`), and a mail address with a password that the
/// documentation's "Authorize" button turns into one (`password`).
#[derive(Debug, Clone, Copy)]
pub struct SecurityAddon;

impl Modify for SecurityAddon {
    fn modify(&self, openapi: &mut OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("An access token of `POST /api/v1/users/login`."))
            .build();
        let password = OAuth2::with_description(
            [Flow::Password(Password::new("/api/v1/users/token", Scopes::new()))],
            "Mail address and password. Leave the client's id and secret empty.",
        );
        let components = openapi.components.get_or_insert_with(Components::default);
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        components.add_security_scheme("password", SecurityScheme::OAuth2(password));
    }
}

/// The document that each function's routes are added to.
pub fn document() -> OpenApi {
    let mut openapi = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Vitae")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "From a CV to a checked résumé, a live portfolio, an ATS document and honest numbers.",
                ))
                .build(),
        )
        .build();
    SecurityAddon.modify(&mut openapi);
    openapi
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_can_sign_in_by_token_and_by_password() {
        let document = serde_json::to_value(document()).unwrap();
        let schemes = &document["components"]["securitySchemes"];
        assert_eq!(schemes["bearer"]["scheme"], "bearer");
        assert_eq!(schemes["password"]["type"], "oauth2");
        assert_eq!(schemes["password"]["flows"]["password"]["tokenUrl"], "/api/v1/users/token");
    }
}

//! The router with everything around it. Runs without a socket.

use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{from_fn_with_state, map_response};
use axum::routing::{any, get};
use sqlx::PgPool;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{Any, CorsLayer};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::access::{Access, gate, idempotent};
use crate::content::Uploads;
use crate::front::front;
use crate::hooks::Hooks;
use crate::hot::{Hot, hot};
use crate::live::Live;
use crate::relay::Relay;
use crate::{content, graphql, health, meta, problem, routes, web};

/// Reads have no bodies; what is sent all the same is refused beyond this.
const MAX_BODY: usize = 64 * 1024;

/// What the handlers share.
#[derive(Clone, Debug)]
pub struct App {
    /// Connections to the database that the indexer writes.
    pub pool: PgPool,
    /// The folder of the built web app. It may be absent.
    pub web: PathBuf,
    /// The folder of published content. It may be absent.
    pub content: PathBuf,
    /// What answers SQL, where it is enabled.
    pub sql: Option<crate::sql::Sql>,
    /// Who may ask for what, and how much.
    pub access: Access,
    /// How long a request may take.
    pub timeout: Duration,
    /// What live connections share.
    pub live: Live,
    /// What takes uploads, if any are taken.
    pub uploads: Option<Uploads>,
    /// What sends orders to the chain, if that is done.
    pub relay: Option<Relay>,
    /// What is sent to those who subscribed.
    pub hooks: Hooks,
    /// Answers that are kept, if any are.
    pub hot: Option<Hot>,
}

/// The whole server.
pub fn app(app: App) -> Router {
    let layers = ServiceBuilder::new()
        // Failures are logged where they are handled.
        .layer(TraceLayer::new_for_http().make_span_with(span).on_failure(()))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .option_layer(app.access.secure().then(|| {
            let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
            SetResponseHeaderLayer::overriding(header::STRICT_TRANSPORT_SECURITY, year)
        }));
    let in_time = TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, app.timeout);
    // From the inside out.
    let v1 = Router::new()
        // Routed only behind what writes addresses anew.
        .fallback_service(routes::router().with_state(app.clone()))
        .layer(from_fn_with_state(app.clone(), hot))
        .layer(from_fn_with_state(app.clone(), front))
        .layer(from_fn_with_state(app.clone(), idempotent))
        .layer(from_fn_with_state(app.clone(), gate))
        .layer(RequestBodyLimitLayer::new(MAX_BODY))
        .layer(in_time)
        .layer(CatchPanicLayer::new())
        .layer(map_response(problem::fill_in))
        // Data, never a page: nothing of it runs or is shown in a frame.
        .layer(SetResponseHeaderLayer::overriding(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ))
        .layer(cors());
    let graphql = graphql::router()
        .layer(from_fn_with_state(app.clone(), gate))
        .layer(RequestBodyLimitLayer::new(MAX_BODY))
        .layer(in_time)
        .layer(CatchPanicLayer::new())
        .layer(map_response(problem::fill_in))
        .layer(cors().allow_methods([Method::GET, Method::HEAD, Method::POST]).allow_headers(Any));
    // Large bodies, which come as fast as they come: bounded by the route, and not in time.
    let uploads = content::routes::router()
        .layer(from_fn_with_state(app.clone(), gate))
        .layer(CatchPanicLayer::new())
        .layer(map_response(problem::fill_in))
        .layer(cors());
    let content = routes::ipfs::router()
        .layer(CatchPanicLayer::new())
        .layer(map_response(problem::fill_in))
        .layer(cors());
    Router::new()
        .nest("/v1", v1)
        // Nesting leaves this one address out.
        .route("/v1/", any(routes::unknown))
        .merge(graphql)
        .route("/docs", get(web::docs))
        .merge(health::router().merge(crate::access::routes::oauth::well_known()).layer(in_time))
        .fallback(web::web)
        .layer(CompressionLayer::new())
        // Large, mostly compressed as it is, and asked for by ranges of its own bytes: sent as it lies there.
        .merge(content)
        .merge(Router::new().nest("/v1", uploads))
        .layer(layers)
        .with_state(app)
}

/// Anyone may read, from any page, with a key or without. Cookies of other sites' pages do not come: answers allow no
/// credentials, sessions are SameSite=Strict, and what changes something asks for this server's own origin.
fn cors() -> CorsLayer {
    let exposed: [HeaderName; 10] = [
        header::ETAG,
        header::RETRY_AFTER,
        meta::BLOCK,
        meta::BLOCK_HASH,
        meta::FINALIZED_BLOCK,
        HeaderName::from_static("ratelimit"),
        HeaderName::from_static("ratelimit-policy"),
        HeaderName::from_static("x-ratelimit-limit"),
        HeaderName::from_static("x-ratelimit-remaining"),
        HeaderName::from_static("x-ratelimit-reset"),
    ];
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers([
            header::ACCEPT,
            header::AUTHORIZATION,
            header::IF_NONE_MATCH,
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers(exposed)
        .max_age(Duration::from_secs(24 * 60 * 60))
}

/// The path without the query: what people search for is nobody else's business.
fn span(request: &Request) -> tracing::Span {
    tracing::info_span!("request", method = %request.method(), path = %request.uri().path())
}

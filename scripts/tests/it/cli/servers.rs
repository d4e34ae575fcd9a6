//! Small servers that publishing and fetching talk to.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};

/// What a server was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// With the query.
    pub(crate) path: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// A server on a port of its own, for as long as the test's runtime lives.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Answers every request by `answer`.
    pub(crate) async fn start(
        answer: impl Fn(&Asked) -> (StatusCode, Vec<u8>) + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = asked.clone();
        let router = Router::new().fallback(move |request: Request| {
            let (answer, log) = (answer.clone(), log.clone());
            async move {
                let asked = read(request).await;
                let (status, body) = answer(&asked);
                log.lock().unwrap().push(asked);
                Response::builder().status(status).body(Body::from(body)).unwrap().into_response()
            }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, asked }
    }

    /// Keeps what is PUT, and gives it back.
    pub(crate) async fn keeping() -> Self {
        let kept: Arc<Mutex<HashMap<String, Vec<u8>>>> = Arc::default();
        Self::start(move |asked| match asked.method.as_str() {
            "PUT" => {
                kept.lock().unwrap().insert(asked.path.clone(), asked.body.clone());
                (StatusCode::CREATED, Vec::new())
            }
            _ => match kept.lock().unwrap().get(&asked.path) {
                Some(body) => (StatusCode::OK, body.clone()),
                None => (StatusCode::NOT_FOUND, b"no such file".to_vec()),
            },
        })
        .await
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn read(request: Request) -> Asked {
    let (parts, body) = request.into_parts();
    let text = |value: &axum::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    Asked {
        method: parts.method.to_string(),
        path: parts.uri.to_string(),
        headers: parts.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
    }
}

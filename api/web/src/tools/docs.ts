// The interactive documentation at /docs: a page of its own, so that the app does not carry it.
import 'swagger-ui-dist/swagger-ui.css';
import './tools.css';

import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';

SwaggerUI({
  url: '/v1/openapi.json',
  dom_id: '#root',
  deepLinking: true,
  // Nothing is sent to others to be checked.
  validatorUrl: null,
  tryItOutEnabled: true,
});

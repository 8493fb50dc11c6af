// Shows the OpenAPI document of this gateway. The key of Authorize stays in the page's memory.
const page = document.getElementById('reference');
SwaggerUIBundle({
  domNode: page,
  url: page.dataset.document,
  deepLinking: true,
  docExpansion: 'none',
  defaultModelsExpandDepth: 0,
  filter: true,
  tryItOutEnabled: false,
  persistAuthorization: false,
  validatorUrl: null,
  queryConfigEnabled: false
});

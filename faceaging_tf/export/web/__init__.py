"""A model as a static web page: it ages photos in the browser, on the device, with LiteRT.js."""

from faceaging_tf.export.web.site import write_site

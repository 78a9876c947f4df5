"""Running files of networks without Keras and TensorFlow."""

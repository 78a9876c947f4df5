"""Picture files to upright pixels: what photos, corpora and preparations all read with."""

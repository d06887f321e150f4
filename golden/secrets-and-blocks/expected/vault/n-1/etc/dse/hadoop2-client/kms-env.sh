# Made by dseconf for cluster vault.
# Edit the layers, not this file: a change made here is overwritten.
export KMS_SSL_KEYSTORE_PASS=@@dseconf:shell:keystore/kms@@

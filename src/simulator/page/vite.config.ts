import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `base` is relative, so that the built page works under any address that serves its folder. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: { target: 'es2022', chunkSizeWarningLimit: 1500 },
});
